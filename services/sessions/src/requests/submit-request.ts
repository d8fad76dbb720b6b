import type { Store } from '@belay/events'
import { AccountDisabled } from '@belay/kit'
import type { Transaction } from 'kysely'
import {
  AlreadyRequested,
  EventFull,
  EventIsCancelled,
  EventNotFound,
  EventOver,
  NotTheHost,
  OwnEvent,
  RequestNotFound
} from '#src/errors.ts'
import { findEvent, lockEvent } from '#src/events/events.repository.ts'
import { isBlockedEitherWay } from '#src/people/blocks.repository.ts'
import { lockStandings } from '#src/people/users.repository.ts'
import type { EventRow, RequestRow, SessionsDatabase } from '#src/schema.ts'
import { acceptRequest } from './accept-request.ts'
import { announceSubmitted } from './request-events.ts'
import { findRequestView, type RequestView } from './request-views.repository.ts'
import { findLiveStatus, insertRequest } from './requests.repository.ts'

export interface NewRequest {
  id: string
  /** For the booking, if the event accepts by itself. */
  bookingId: string
  eventId: string
  /** Whom the guest takes for the host. */
  hostId: string
  guestId: string
  now: Date
}

/**
 * Asks to join an event; the first rule that is broken answers. Only the event's own setting decides whether the request
 * is accepted at once. Of two identical requests at one instant one is made.
 */
export async function submitRequest(store: Store<SessionsDatabase>, input: NewRequest): Promise<RequestView> {
  return store.transaction(async (trx) => {
    await checkPeople(trx, input)
    const event = await lockJoinableEvent(trx, input)
    const request = toRow(input, event)
    if (!(await insertRequest(trx, request))) throw new AlreadyRequested()
    await announceSubmitted(trx, request, event)
    const { bookingId, now } = input
    if (event.auto_accept) await acceptRequest(trx, event, request, { bookingId, automatic: true, now })
    const view = await findRequestView(trx, request.id)
    if (!view) throw new RequestNotFound()
    return view
  })
}

/** People are held before the event, as everywhere: until the end nobody can block or erase either of the two. */
async function checkPeople(trx: Transaction<SessionsDatabase>, input: NewRequest): Promise<void> {
  const { guestId } = input
  const event = await findEvent(trx, input.eventId)
  if (!event) throw new EventNotFound()
  const people = await lockStandings(trx, [guestId, event.host_id])
  if (people.get(guestId) !== 'active') throw new AccountDisabled()
  if (people.get(event.host_id) !== 'active') throw new EventNotFound()
  if (await isBlockedEitherWay(trx, guestId, event.host_id)) throw new EventNotFound()
  if (input.hostId !== event.host_id) throw new NotTheHost()
  if (guestId === event.host_id) throw new OwnEvent()
}

async function lockJoinableEvent(trx: Transaction<SessionsDatabase>, input: NewRequest): Promise<EventRow> {
  const event = await lockEvent(trx, input.eventId)
  if (!event) throw new EventNotFound()
  if (await findLiveStatus(trx, event.id, input.guestId)) throw new AlreadyRequested()
  if (event.status === 'cancelled') throw new EventIsCancelled()
  if (event.starts_at <= input.now) throw new EventOver()
  if (event.booked >= event.capacity) throw new EventFull()
  return event
}

function toRow(input: NewRequest, event: EventRow): RequestRow {
  return {
    id: input.id,
    event_id: event.id,
    host_id: event.host_id,
    guest_id: input.guestId,
    status: 'SUBMITTED',
    version: 1,
    created_at: input.now,
    updated_at: input.now
  }
}
