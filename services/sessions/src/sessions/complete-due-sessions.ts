import type { Store } from '@belay/events'
import type { SessionsDatabase } from '#src/schema.ts'
import { announceSessions } from './session-events.ts'
import { lockDueSessions, updateStatusOf } from './sessions.repository.ts'

const hourMs = 3_600_000

/** The most sessions that one transaction completes. */
export const dueBatchSize = 100

/** The last day whose accepted sessions are due: a session completes 24 hours after the end of its day in UTC. */
export function lastDueDay(now: Date): string {
  return new Date(now.getTime() - 48 * hourMs).toISOString().slice(0, 10)
}

/** Completes one batch of due sessions, each exactly once across replicas. Returns the number of completed sessions. */
export async function completeDueSessions(store: Store<SessionsDatabase>, now: Date): Promise<number> {
  return store.transaction(async (trx) => {
    const ids = await lockDueSessions(trx, { lastDay: lastDueDay(now), limit: dueBatchSize })
    const completed = await updateStatusOf(trx, ids, { status: 'completed', now })
    await announceSessions(trx, completed, { actorId: null })
    return completed.length
  })
}
