import type { EventEnvelope, EventOf, NotificationType, SessionInvited } from '@belay/contracts'
import type { Transaction } from 'kysely'
import type { Inbox } from '#src/inbox.ts'
import { findUserName } from '#src/people/users.repository.ts'
import type { NotificationsDatabase } from '#src/schema.ts'
import type { NotificationRecord } from './notification.ts'
import { notify } from './notify.ts'
import { planWords, sessionWords } from './words.ts'

type SessionEvent = EventEnvelope<EventOf<typeof SessionInvited>['data']>

/** Tells one of a session's two people what happened to it; `aboutId` is whose name the words carry, null for an erased account. */
export async function notifyOfSession(
  trx: Transaction<NotificationsDatabase>,
  inbox: Inbox,
  notice: {
    event: SessionEvent
    type: keyof typeof sessionWords & NotificationType
    recipientId: string
    aboutId: string | null
  }
): Promise<NotificationRecord[]> {
  const session = notice.event.data
  const name = notice.aboutId === null ? null : await findUserName(trx, notice.aboutId)
  return notify(trx, inbox, {
    user_id: notice.recipientId,
    type: notice.type,
    ...sessionWords[notice.type]({ name: name ?? 'Deleted user', plan: planWords(session) }),
    action_url: `/sessions/${session.session_id}`,
    actor_id: notice.aboutId,
    data: { session_id: session.session_id, status: session.status },
    event_id: notice.event.id
  })
}

/** The other one of a session's two people. */
export function otherPerson(session: SessionEvent['data'], personId: string): string {
  return session.inviter_id === personId ? session.invitee_id : session.inviter_id
}
