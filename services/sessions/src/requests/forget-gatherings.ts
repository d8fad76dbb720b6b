import type { Transaction } from 'kysely'
import { endGathering } from '#src/gatherings/cancel-gathering.ts'
import { lockGatheringsOf } from '#src/gatherings/gatherings.repository.ts'
import type { SessionsDatabase } from '#src/schema.ts'
import { listLiveRequestsIn } from './requests.repository.ts'
import { endRequests } from './withdraw-request.ts'

/** For an erased account: what they host and has not begun is cancelled, what they asked for is withdrawn. */
export async function forgetGatherings(trx: Transaction<SessionsDatabase>, personId: string, now: Date): Promise<void> {
  const { hosted, joined } = await lockGatheringsOf(trx, personId, now)
  for (const gathering of hosted) await endGathering(trx, { gatheringId: gathering.id, now, cause: 'account_deleted' })
  const gatheringIds = joined.map((gathering) => gathering.id)
  const requests = await listLiveRequestsIn(trx, personId, gatheringIds)
  await endRequests(
    trx,
    requests.map((request) => request.id),
    joined,
    now
  )
}
