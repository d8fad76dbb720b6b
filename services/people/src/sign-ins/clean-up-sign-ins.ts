import type { People } from '#src/context.ts'
import { deleteSignInsExpiredBefore, deleteTokensExpiredBefore } from '#src/sign-ins/sign-ins.repository.ts'

const batchSize = 1_000

/** Deletes expired refresh tokens, and sign-ins whose last token has expired, in small batches. */
export async function cleanUpSignIns(people: People): Promise<void> {
  const now = people.clock.now()
  const { db } = people.store
  while ((await deleteSignInsExpiredBefore(db, now, batchSize)) === batchSize);
  while ((await deleteTokensExpiredBefore(db, now, batchSize)) === batchSize);
}
