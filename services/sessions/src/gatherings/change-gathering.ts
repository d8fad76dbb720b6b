import type { Store } from '@belay/events'
import type { Transaction } from 'kysely'
import { CapacityBelowBooked, GatheringNotFound } from '#src/errors.ts'
import type { GatheringRow, SessionsDatabase } from '#src/schema.ts'
import { setTagsOf } from '#src/tags/tags.repository.ts'
import { announceUpdated } from './gathering-events.ts'
import { checkFields, type GatheringFields } from './gathering-fields.ts'
import { type GatheringView, findGatheringView } from './gathering-views.repository.ts'
import { updateGathering } from './gatherings.repository.ts'
import { listGuestIds } from './guests.repository.ts'
import { lockOwnGathering } from './own-gathering.ts'

/**
 * Changes the given fields of a gathering, and its tags if there are any given. Publishes nothing when there is nothing to
 * change. Throws what `lockOwnGathering` throws, CapacityBelowBooked, StartsInThePast or TagNotFound.
 */
export async function changeGathering(
  store: Store<SessionsDatabase>,
  input: {
    gatheringId: string
    callerId: string
    fields: Partial<GatheringFields>
    tagIds: readonly string[] | undefined
    now: Date
  }
): Promise<GatheringView> {
  const { gatheringId, callerId, fields, tagIds, now } = input
  return store.transaction(async (trx) => {
    const gathering = await lockOwnGathering(trx, { gatheringId, callerId, now, aim: 'change' })
    if (fields.capacity !== undefined && fields.capacity < gathering.booked)
      throw new CapacityBelowBooked(gathering.booked)
    await checkFields(trx, { startsAt: fields.starts_at, tagIds: tagIds ?? [] }, now)
    if (tagIds !== undefined) await setTagsOf(trx, gatheringId, tagIds)
    if (tagIds !== undefined || Object.keys(fields).length > 0) {
      await announceChange(trx, gathering, await updateGathering(trx, gatheringId, { ...fields, updated_at: now }))
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
  await announceUpdated(trx, after, await listGuestIds(trx, after.id))
}

function hasMoved(before: GatheringRow, after: GatheringRow): boolean {
  return (
    before.starts_at.getTime() !== after.starts_at.getTime() ||
    (before.location ?? '') !== (after.location ?? '') ||
    (before.address ?? '') !== (after.address ?? '')
  )
}
