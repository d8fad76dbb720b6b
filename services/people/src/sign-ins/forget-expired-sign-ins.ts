import type { People } from '#src/people.ts'
import { deleteSignInsExpiredBefore } from '#src/sign-ins/sign-ins.repository.ts'

const batchSize = 1_000

/** Forgets, in small statements, every sign-in whose last refresh token has expired. */
export async function forgetExpiredSignIns(people: People): Promise<void> {
  const now = people.clock.now()
  while ((await deleteSignInsExpiredBefore(people.store.db, now, batchSize)) === batchSize);
}
