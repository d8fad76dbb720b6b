import type { Store } from '@belay/events'
import type { Transaction } from 'kysely'
import { CapacityBelowBooked, GatheringNotFound } from '#src/errors.ts'
import { listLiveRequestsOf } from '#src/requests/requests.repository.ts'
import type { GatheringRow, SessionsDatabase } from '#src/schema.ts'
import { setTagsOf } from '#src/tags/tags.repository.ts'
import { announceUpdated } from './gathering-events.ts'
import { checkPlan, type GatheringChange, toChangedColumns } from './gathering-fields.ts'
import { guestsToTell } from './guests-to-tell.ts'
import { type GatheringView, findGatheringView } from './gathering-views.repository.ts'
import { updateGathering } from './gatherings.repository.ts'
import { lockOwnGathering } from './own-gathering.ts'

/**
 * Changes what the host sent of a gathering and nothing else; a change of nothing is no change and publishes nothing.
 * Throws what `lockOwnGathering` throws, CapacityBelowBooked, InvalidInput, StartsInThePast or TagNotFound.
 */
export async function changeGathering(
  store: Store<SessionsDatabase>,
  input: { gatheringId: string; callerId: string; change: GatheringChange; now: Date }
): Promise<GatheringView> {
  const { gatheringId, callerId, now } = input
  const { capacity, tag_ids: tagIds } = input.change
  const columns = toChangedColumns(input.change)
  return store.transaction(async (trx) => {
    const gathering = await lockOwnGathering(trx, { gatheringId, callerId, now, aim: 'change' })
    if (capacity !== undefined && capacity < gathering.booked) throw new CapacityBelowBooked(gathering.booked)
    await checkPlan(trx, { startsAt: columns.starts_at, tagIds: tagIds ?? [] }, now)
    if (tagIds !== undefined) await setTagsOf(trx, gatheringId, tagIds)
    if (tagIds !== undefined || Object.keys(columns).length > 0) {
      await announceChange(trx, gathering, await updateGathering(trx, gatheringId, { ...columns, updated_at: now }))
    }
    const view = await findGatheringView(trx, gatheringId)
    if (!view) throw new GatheringNotFound()
    return view
  })
}

/** Guests with a booking and those who still wait for an answer decide by when and where. */
async function announceChange(
  trx: Transaction<SessionsDatabase>,
  before: GatheringRow,
  after: GatheringRow
): Promise<void> {
  if (!hasMoved(before, after)) return announceUpdated(trx, after)
  await announceUpdated(trx, after, guestsToTell(await listLiveRequestsOf(trx, after.id)))
}

function hasMoved(before: GatheringRow, after: GatheringRow): boolean {
  return (
    before.starts_at.getTime() !== after.starts_at.getTime() ||
    (before.location ?? '') !== (after.location ?? '') ||
    (before.address ?? '') !== (after.address ?? '')
  )
}
