import { isBlocked } from '@belay/people-projection'
import type { Transaction } from 'kysely'
import { GatheringIsCancelled, GatheringNotFound, GatheringOver, OnlyHostOfGathering } from '#src/errors.ts'
import type { GatheringRow, SessionsDatabase } from '#src/schema.ts'
import { lockGathering } from './gatherings.repository.ts'

/**
 * The gathering, locked, for the host to change or cancel. Throws GatheringNotFound, OnlyHostOfGathering, and GatheringIsCancelled or
 * GatheringOver where there is nothing to change any more.
 */
export async function lockOwnGathering(
  trx: Transaction<SessionsDatabase>,
  input: { gatheringId: string; callerId: string; now: Date; aim: 'change' | 'cancel' }
): Promise<GatheringRow> {
  const gathering = await lockGathering(trx, input.gatheringId)
  if (!gathering) throw new GatheringNotFound()
  if (gathering.host_id !== input.callerId) {
    if (await isBlocked(trx, input.callerId, gathering.host_id)) throw new GatheringNotFound()
    throw new OnlyHostOfGathering(input.aim)
  }
  if (gathering.status === 'cancelled') throw new GatheringIsCancelled()
  if (gathering.starts_at <= input.now) throw new GatheringOver()
  return gathering
}
