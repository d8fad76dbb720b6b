import type { Transaction } from 'kysely'
import { deleteFeedbackOf } from '#src/feedback/feedback.repository.ts'
import { forgetGatherings } from '#src/requests/forget-gatherings.ts'
import type { SessionsDatabase } from '#src/schema.ts'
import { cancelOpenSessions } from '#src/sessions/cancel-open-sessions.ts'
import { releaseTripsOf } from '#src/trips/trips.repository.ts'
import { deleteBlocksOf } from './blocks.repository.ts'
import { eraseUser } from './users.repository.ts'

/**
 * Erases a person: open plans and hosted events are cancelled, requests to join withdrawn, feedback given and received
 * goes, trips go. Past plans stay for the others, with `Deleted user` in the erased one's place.
 */
export async function forgetPerson(
  trx: Transaction<SessionsDatabase>,
  person: { id: string; version: number },
  erasedAt: Date
): Promise<void> {
  await eraseUser(trx, person)
  await cancelOpenSessions(trx, { person: person.id }, { actorId: person.id, cause: 'account_deleted', now: erasedAt })
  await forgetGatherings(trx, person.id, erasedAt)
  await deleteFeedbackOf(trx, person.id)
  await releaseTripsOf(trx, person.id)
  await deleteBlocksOf(trx, person.id)
}
