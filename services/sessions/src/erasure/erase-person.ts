import { deleteBlocksOf } from '@belay/people-projection'
import type { Transaction } from 'kysely'
import { deleteFeedbackOf } from '#src/feedback/feedback.repository.ts'
import { endGathering } from '#src/gatherings/cancel-gathering.ts'
import { lockGatheringsOf } from '#src/gatherings/gatherings.repository.ts'
import { listLiveRequestsIn } from '#src/requests/requests.repository.ts'
import { endRequests } from '#src/requests/withdraw-request.ts'
import type { SessionsDatabase } from '#src/schema.ts'
import { cancelOpenSessions } from '#src/sessions/cancel-open-sessions.ts'
import { releaseTripsOf } from '#src/trips/trips.repository.ts'

/**
 * Erases a person: cancels their open sessions and the gatherings they host, withdraws their requests, and deletes the
 * feedback they gave and received, their blocks and their trips. Past sessions stay for the others and show
 * `Deleted user` in the person's place.
 */
export async function erasePerson(
  trx: Transaction<SessionsDatabase>,
  person: { id: string },
  erasedAt: Date
): Promise<void> {
  await cancelOpenSessions(trx, { person: person.id }, { actorId: person.id, cause: 'account_deleted', now: erasedAt })
  await leaveGatherings(trx, person.id, erasedAt)
  await deleteFeedbackOf(trx, person.id)
  await releaseTripsOf(trx, person.id)
  await deleteBlocksOf(trx, person.id)
}

/** Cancels what the person hosts and has not begun, and withdraws what they asked to join. */
async function leaveGatherings(trx: Transaction<SessionsDatabase>, personId: string, now: Date): Promise<void> {
  const { hosted, joined } = await lockGatheringsOf(trx, personId, now)
  for (const gathering of hosted) await endGathering(trx, { gatheringId: gathering.id, now, cause: 'account_deleted' })
  const gatheringIds = joined.map((gathering) => gathering.id)
  const requests = await listLiveRequestsIn(trx, personId, gatheringIds)
  const requestIds = requests.map((request) => request.id)
  await endRequests(trx, requestIds, joined, now)
}
