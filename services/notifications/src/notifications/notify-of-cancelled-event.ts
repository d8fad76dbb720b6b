import { type EventCancelled, type EventOf, NotificationCreated } from '@belay/contracts'
import { recordEvents } from '@belay/events'
import type { Transaction } from 'kysely'
import type { Inbox } from '#src/inbox.ts'
import { findBlocked } from '#src/people/blocks.repository.ts'
import { knownPerson } from '#src/people/known-people.ts'
import { lockPeople } from '#src/people/users.repository.ts'
import type { NotificationsDatabase } from '#src/schema.ts'
import type { NotificationRecord } from './notification.ts'
import { insertForMany, listNotificationsById } from './notifications.repository.ts'
import { eventCancelledWords } from './words.ts'

/** Guests in one statement: few round trips, and never more parameters than Postgres takes. */
const batchSize = 1_000

/**
 * Tells the guests of an event that it is off, but never across a block; all of them, or in an error nobody. Answers
 * what is new.
 */
export async function notifyOfCancelledEvent(
  trx: Transaction<NotificationsDatabase>,
  inbox: Inbox,
  event: EventOf<typeof EventCancelled>
): Promise<NotificationRecord[]> {
  const { host_id, guest_ids } = event.data
  const guestIds = [...new Set(guest_ids)].filter((guestId) => guestId !== host_id).toSorted()
  const created: NotificationRecord[] = []
  for (let from = 0; from < guestIds.length; from += batchSize) {
    created.push(...(await notifyBatch(trx, inbox, event, guestIds.slice(from, from + batchSize))))
  }
  return created
}

async function notifyBatch(
  trx: Transaction<NotificationsDatabase>,
  { runtime }: Inbox,
  event: EventOf<typeof EventCancelled>,
  guestIds: readonly string[]
): Promise<NotificationRecord[]> {
  const { event_id, host_id, title, cause } = event.data
  const people = await lockPeople(trx, [...guestIds, host_id])
  const isBlocked = await findBlocked(
    trx,
    guestIds.map((guestId) => [guestId, host_id])
  )
  const recipients = guestIds.filter((guestId) => !knownPerson(people, guestId).deleted && !isBlocked(guestId, host_id))
  // An account that is being erased gives its name to nothing, whichever of the two events comes first.
  const actorId = cause === 'account_deleted' ? null : host_id
  const name = actorId === null ? 'Deleted user' : knownPerson(people, actorId).display_name
  const now = runtime.clock.now()
  const shared = {
    type: 'event_cancelled',
    ...eventCancelledWords({ name, title }),
    action_url: `/events/${event_id}`,
    actor_id: actorId,
    data: { event_id },
    event_id: event.id
  } as const
  const inserted = await insertForMany(
    trx,
    recipients.map((userId) => ({ ...shared, id: runtime.newId(), user_id: userId })),
    now
  )
  await recordEvents(
    trx,
    NotificationCreated,
    inserted.map(({ id, user_id }) => ({
      subject: id,
      data: {
        notification_id: id,
        user_id,
        type: shared.type,
        actor_id: shared.actor_id,
        created_at: now.toISOString()
      }
    }))
  )
  return listNotificationsById(
    trx,
    inserted.map((one) => one.id)
  )
}
