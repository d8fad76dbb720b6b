import type { EventEnvelope, EventOf, NotificationType, SessionInvited } from '@belay/contracts'
import type { Transaction } from 'kysely'
import type { Inbox } from '#src/inbox.ts'
import { findBlocked } from '#src/people/blocks.repository.ts'
import { knownPerson } from '#src/people/known-people.ts'
import { lockPeople } from '#src/people/users.repository.ts'
import { type AskingType, holdUnanswered } from '#src/reading/resolutions.repository.ts'
import type { NotificationsDatabase } from '#src/schema.ts'
import type { NotificationRecord } from './notification.ts'
import { notify } from './notify.ts'
import { planWords } from './words.ts'

type SessionEvent = EventEnvelope<EventOf<typeof SessionInvited>['data']>

/**
 * Tells one of a session's two people what happened to it, but never across a block. `aboutId` is whose name the words
 * carry, null for an account that is being erased.
 */
export async function notifyOfSession(
  trx: Transaction<NotificationsDatabase>,
  inbox: Inbox,
  notice: {
    event: SessionEvent
    type: NotificationType
    recipientId: string
    aboutId: string | null
  }
): Promise<NotificationRecord[]> {
  const session = notice.event.data
  const { recipientId, aboutId } = notice
  const answered = asks(notice.type) && (await isAnswered(trx, recipientId, notice.type, session.session_id))
  const people = await lockPeople(trx, aboutId === null ? [recipientId] : [recipientId, aboutId])
  if (knownPerson(people, recipientId).deleted) return []
  if (aboutId !== null && (await findBlocked(trx, [[recipientId, aboutId]]))(recipientId, aboutId)) return []
  if (aboutId !== null) knownPerson(people, aboutId)
  return notify(trx, inbox, {
    user_id: recipientId,
    type: notice.type,
    words: { plan: planWords(session) },
    action_url: `/sessions/${session.session_id}`,
    actor_id: aboutId,
    data: { session_id: session.session_id, status: session.status },
    event_id: notice.event.id,
    read_at: answered ? inbox.runtime.clock.now() : null
  })
}

function asks(type: NotificationType): type is AskingType {
  return type === 'session_invited' || type === 'feedback_requested'
}

async function isAnswered(
  trx: Transaction<NotificationsDatabase>,
  userId: string,
  type: AskingType,
  sessionId: string
): Promise<boolean> {
  return (await holdUnanswered(trx, { userId, type, subjectIds: [sessionId] })).answered
}

/** The other one of a session's two people. */
export function otherPerson(session: SessionEvent['data'], personId: string): string {
  return session.inviter_id === personId ? session.invitee_id : session.inviter_id
}
