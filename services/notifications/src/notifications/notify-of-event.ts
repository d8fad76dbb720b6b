import { type EventCancelled, type EventOf, type EventUpdated, NotificationCreated } from '@belay/contracts'
import { recordEvents } from '@belay/events'
import type { Transaction } from 'kysely'
import type { Inbox } from '#src/inbox.ts'
import { findBlocked } from '#src/people/blocks.repository.ts'
import { knownPerson } from '#src/people/known-people.ts'
import { lockPeople } from '#src/people/users.repository.ts'
import type { NotificationsDatabase } from '#src/schema.ts'
import type { NewNotification, NotificationRecord } from './notification.ts'
import { insertForMany, listNotificationsById } from './notifications.repository.ts'
import { whenAndWhereWords } from './words.ts'

/** Guests in one statement: few round trips, and never more parameters than Postgres takes. */
const batchSize = 1_000

/** What all guests of an event are told. */
interface Notice {
  hostId: string
  guestIds: readonly string[]
  /** The rest of each guest's notification. */
  rest: Omit<NewNotification, 'user_id'>
}

/** Tells the guests of an event that it is off. Returns what is new. */
export async function notifyOfCancelledEvent(
  trx: Transaction<NotificationsDatabase>,
  inbox: Inbox,
  event: EventOf<typeof EventCancelled>
): Promise<NotificationRecord[]> {
  const { event_id, host_id, guest_ids, title, cause } = event.data
  // An account that is being erased gives its name to nothing, whichever of the two events comes first.
  const actorId = cause === 'account_deleted' ? null : host_id
  return notifyGuests(trx, inbox, {
    hostId: host_id,
    guestIds: guest_ids,
    rest: {
      type: 'event_cancelled',
      words: { event: title },
      action_url: `/events/${event_id}`,
      actor_id: actorId,
      data: { event_id },
      event_id: event.id
    }
  })
}

/** Tells the guests of an event that it takes place at another time or elsewhere. Returns what is new. */
export async function notifyOfMovedEvent(
  trx: Transaction<NotificationsDatabase>,
  inbox: Inbox,
  event: EventOf<typeof EventUpdated>
): Promise<NotificationRecord[]> {
  const { moved, event_id, host_id, guest_ids = [], title, starts_at, location = null, address = null } = event.data
  if (moved !== true) return []
  return notifyGuests(trx, inbox, {
    hostId: host_id,
    guestIds: guest_ids,
    rest: {
      type: 'event_updated',
      words: { event: title, whenAndWhere: whenAndWhereWords(event.data) },
      action_url: `/events/${event_id}`,
      actor_id: host_id,
      data: { event_id, starts_at, location, address },
      event_id: event.id
    }
  })
}

/** All guests, or in an error nobody; never the host, never across a block. */
async function notifyGuests(
  trx: Transaction<NotificationsDatabase>,
  inbox: Inbox,
  notice: Notice
): Promise<NotificationRecord[]> {
  const guestIds = [...new Set(notice.guestIds)].filter((guestId) => guestId !== notice.hostId).toSorted()
  const created: NotificationRecord[] = []
  for (let from = 0; from < guestIds.length; from += batchSize) {
    created.push(...(await notifyBatch(trx, inbox, notice, guestIds.slice(from, from + batchSize))))
  }
  return created
}

async function notifyBatch(
  trx: Transaction<NotificationsDatabase>,
  { runtime }: Inbox,
  { hostId, rest }: Notice,
  guestIds: readonly string[]
): Promise<NotificationRecord[]> {
  const people = await lockPeople(trx, [...guestIds, hostId])
  const isBlocked = await findBlocked(
    trx,
    guestIds.map((guestId) => [guestId, hostId])
  )
  const recipients = guestIds.filter((guestId) => !knownPerson(people, guestId).deleted && !isBlocked(guestId, hostId))
  const now = runtime.clock.now()
  knownPerson(people, hostId)
  const inserted = await insertForMany(
    trx,
    recipients.map((userId) => ({ ...rest, id: runtime.newId(), user_id: userId })),
    now
  )
  const { type, actor_id } = rest
  await recordEvents(
    trx,
    NotificationCreated,
    inserted.map(({ id, user_id }) => ({
      subject: id,
      data: { notification_id: id, user_id, type, actor_id, created_at: now.toISOString() }
    }))
  )
  return listNotificationsById(
    trx,
    inserted.map((one) => one.id)
  )
}
