import type { Store } from '@belay/events'
import type { Transaction } from 'kysely'
import { CapacityBelowBooked, EventNotFound } from '#src/errors.ts'
import { listLiveRequestsOf } from '#src/requests/requests.repository.ts'
import type { EventRow, SessionsDatabase } from '#src/schema.ts'
import { setTagsOf } from '#src/tags/tags.repository.ts'
import { announceUpdated } from './event-events.ts'
import { checkPlan, type EventChange, toChangedColumns } from './event-plan.ts'
import { guestsToTell } from './guests-to-tell.ts'
import { type EventView, findEventView } from './event-views.repository.ts'
import { updateEvent } from './events.repository.ts'
import { lockOwnEvent } from './own-event.ts'

/**
 * Changes what the host sent of an event and nothing else; a change of nothing is no change and publishes nothing.
 * Throws what `lockOwnEvent` throws, CapacityBelowBooked, InvalidInput, StartsInThePast or TagNotFound.
 */
export async function changeEvent(
  store: Store<SessionsDatabase>,
  input: { eventId: string; callerId: string; change: EventChange; now: Date }
): Promise<EventView> {
  const { eventId, callerId, now } = input
  const { capacity, tag_ids: tagIds } = input.change
  const columns = toChangedColumns(input.change)
  return store.transaction(async (trx) => {
    const event = await lockOwnEvent(trx, { eventId, callerId, now, aim: 'change' })
    if (capacity !== undefined && capacity < event.booked) throw new CapacityBelowBooked(event.booked)
    await checkPlan(trx, { startsAt: columns.starts_at, tagIds: tagIds ?? [] }, now)
    if (tagIds !== undefined) await setTagsOf(trx, eventId, tagIds)
    if (tagIds !== undefined || Object.keys(columns).length > 0) {
      await announceChange(trx, event, await updateEvent(trx, eventId, { ...columns, updated_at: now }))
    }
    const view = await findEventView(trx, eventId)
    if (!view) throw new EventNotFound()
    return view
  })
}

/** Guests with a booking and those who still wait for an answer decide by when and where. */
async function announceChange(trx: Transaction<SessionsDatabase>, before: EventRow, after: EventRow): Promise<void> {
  if (!hasMoved(before, after)) return announceUpdated(trx, after)
  await announceUpdated(trx, after, guestsToTell(await listLiveRequestsOf(trx, after.id)))
}

function hasMoved(before: EventRow, after: EventRow): boolean {
  return (
    before.starts_at.getTime() !== after.starts_at.getTime() ||
    (before.location ?? '') !== (after.location ?? '') ||
    (before.address ?? '') !== (after.address ?? '')
  )
}
