import type { Store } from '@belay/events'
import { CapacityBelowBooked, EventNotFound } from '#src/errors.ts'
import type { SessionsDatabase } from '#src/schema.ts'
import { setTagsOf } from '#src/tags/tags.repository.ts'
import { announceUpdated } from './event-events.ts'
import { checkPlan, type EventChange, toChangedColumns } from './event-plan.ts'
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
      await announceUpdated(trx, await updateEvent(trx, eventId, { ...columns, updated_at: now }))
    }
    const view = await findEventView(trx, eventId)
    if (!view) throw new EventNotFound()
    return view
  })
}
