import { isBlocked } from '@belay/people-projection'
import type { Kysely } from 'kysely'
import { GatheringNotFound } from '#src/errors.ts'
import type { SessionsDatabase } from '#src/schema.ts'
import { type GatheringView, findGatheringView } from './gathering-views.repository.ts'
import { findLiveStatus } from './guests.repository.ts'

/**
 * One gathering, past and cancelled ones too. Throws GatheringNotFound, also across a block with the host, unless the two share
 * the group already.
 */
export async function getGathering(
  db: Kysely<SessionsDatabase>,
  gatheringId: string,
  viewerId: string | undefined
): Promise<GatheringView> {
  const gathering = await findGatheringView(db, gatheringId)
  if (!gathering) throw new GatheringNotFound()
  if (viewerId === undefined || viewerId === gathering.host_id) return gathering
  if (!(await isBlocked(db, viewerId, gathering.host_id))) return gathering
  if ((await findLiveStatus(db, gatheringId, viewerId)) !== 'ACCEPTED') throw new GatheringNotFound()
  return gathering
}
