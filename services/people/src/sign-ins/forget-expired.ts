import type { People } from '#src/people.ts'
import { deleteSignInsExpiredBefore, deleteTokensExpiredBefore } from '#src/sign-ins/sign-ins.repository.ts'

const batchSize = 1_000

/** Forgets, in small statements, every refresh token that has expired and every sign-in without a later one. */
export async function forgetExpired(people: People): Promise<void> {
  const now = people.clock.now()
  const { db } = people.store
  while ((await deleteSignInsExpiredBefore(db, now, batchSize)) === batchSize);
  while ((await deleteTokensExpiredBefore(db, now, batchSize)) === batchSize);
}
