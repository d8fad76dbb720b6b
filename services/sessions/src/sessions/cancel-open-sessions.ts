import type { Transaction } from 'kysely'
import type { SessionsDatabase } from '#src/schema.ts'
import { announceSessions } from './session-events.ts'
import { lockOpenSessions, type OpenSessionsFilter, updateStatusOf } from './sessions.repository.ts'

/** Cancels open sessions after a block or an erased account, without a closing message. */
export async function cancelOpenSessions(
  trx: Transaction<SessionsDatabase>,
  filter: OpenSessionsFilter,
  occasion: { actorId: string; cause: 'block' | 'account_deleted'; now: Date }
): Promise<void> {
  const ids = await lockOpenSessions(trx, filter)
  const cancelled = await updateStatusOf(trx, ids, { status: 'cancelled', now: occasion.now })
  await announceSessions(trx, cancelled, { actorId: occasion.actorId, cause: occasion.cause })
}
