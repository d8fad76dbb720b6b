import type { Store } from '@belay/events'
import { CapacityBelowBooked, EventNotFound } from '#src/errors.ts'
import type { SessionsDatabase } from '#src/schema.ts'
import { setTagsOf } from '#src/tags/tags.repository.ts'
import { announceUpdated } from './event-events.ts'
import { checkPlan, type EventPlan, toColumns } from './event-plan.ts'
import { type EventView, findEventView } from './event-views.repository.ts'
import { updateEvent } from './events.repository.ts'
import { lockOwnEvent } from './own-event.ts'

/**
 * Replaces what the host wrote of an event. Throws what `lockOwnEvent` throws, CapacityBelowBooked, InvalidInput,
 * StartsInThePast or TagNotFound.
 */
export async function changeEvent(
  store: Store<SessionsDatabase>,
  input: { eventId: string; callerId: string; plan: EventPlan; now: Date }
): Promise<EventView> {
  const { eventId, callerId, plan, now } = input
  const columns = toColumns(plan)
  const tagIds = plan.tag_ids ?? []
  return store.transaction(async (trx) => {
    const event = await lockOwnEvent(trx, { eventId, callerId, now, aim: 'change' })
    if (plan.capacity < event.booked) throw new CapacityBelowBooked(event.booked)
    await checkPlan(trx, { startsAt: columns.starts_at, tagIds }, now)
    const changed = await updateEvent(trx, eventId, { ...columns, updated_at: now })
    await setTagsOf(trx, eventId, tagIds)
    await announceUpdated(trx, changed)
    const view = await findEventView(trx, eventId)
    if (!view) throw new EventNotFound()
    return view
  })
}
