import type { QueryExecutorProvider, RawBuilder } from 'kysely'

/**
 * Sends two statements on one connection (that of a transaction, if given one) at once: one round trip for both. The
 * second runs after the first and sees its effects and everything committed by then. Returns the rows of each;
 * rejects with the first failure. After a failed first statement a transaction runs no second one.
 */
export async function sendTogether<First, Second>(
  db: QueryExecutorProvider,
  first: RawBuilder<First>,
  second: RawBuilder<Second>
): Promise<[First[], Second[]]> {
  const [one, other] = [first.compile(db), second.compile(db)]
  return db.getExecutor().provideConnection(async (connection) => {
    // Both are awaited even if one fails: a connection is released when nothing is under way on it.
    const [before, after] = await Promise.allSettled([
      connection.executeQuery<First>(one),
      connection.executeQuery<Second>(other)
    ])
    if (before.status === 'rejected') throw before.reason
    if (after.status === 'rejected') throw after.reason
    return [before.value.rows, after.value.rows]
  })
}
