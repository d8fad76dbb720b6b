import type { EventEnvelope, EventOf, NotificationType, RequestSubmitted } from '@belay/contracts'
import type { Transaction } from 'kysely'
import type { Inbox } from '#src/inbox.ts'
import { findBlocked } from '#src/people/blocks.repository.ts'
import { knownPerson } from '#src/people/known-people.ts'
import { lockPeople } from '#src/people/users.repository.ts'
import { holdUnanswered } from '#src/reading/resolutions.repository.ts'
import type { NotificationsDatabase } from '#src/schema.ts'
import type { NotificationRecord } from './notification.ts'
import { notify } from './notify.ts'

type RequestEvent = EventEnvelope<EventOf<typeof RequestSubmitted>['data']>

/** Tells the host or the guest of a request to join what the other one did, but never across a block. */
export async function notifyOfRequest(
  trx: Transaction<NotificationsDatabase>,
  inbox: Inbox,
  notice: { event: RequestEvent; type: NotificationType; to: 'host' | 'guest' }
): Promise<NotificationRecord[]> {
  const { event, type, to } = notice
  const { request_id, event_id, event_title, thread_id, host_id, guest_id } = event.data
  const [recipientId, actorId] = to === 'host' ? [host_id, guest_id] : [guest_id, host_id]
  const answered = type === 'event_request_received' && (await isAnswered(trx, event.data))
  const people = await lockPeople(trx, [recipientId, actorId])
  if (knownPerson(people, recipientId).deleted) return []
  const isBlocked = await findBlocked(trx, [[recipientId, actorId]])
  if (isBlocked(recipientId, actorId)) return []
  knownPerson(people, actorId)
  return notify(trx, inbox, {
    user_id: recipientId,
    type,
    words: { event: event_title },
    // Only somebody who was accepted has a conversation to go to.
    action_url: type === 'event_request_accepted' ? `/threads/${thread_id}` : `/events/${event_id}`,
    actor_id: actorId,
    data: { request_id, event_id, ...(type === 'event_request_accepted' && { thread_id }) },
    event_id: event.id,
    read_at: answered ? inbox.runtime.clock.now() : null
  })
}

async function isAnswered(trx: Transaction<NotificationsDatabase>, request: RequestEvent['data']): Promise<boolean> {
  const { host_id: userId, request_id, event_id } = request
  const asked = { userId, type: 'event_request_received', subjectIds: [request_id, event_id] } as const
  return (await holdUnanswered(trx, asked)).answered
}
