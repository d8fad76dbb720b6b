import type { RunOnConnection } from '@belay/db'
import { ServiceUnavailable } from '@belay/kit'
import type { Logger } from 'pino'
import { followServer, isRecovering } from './epoch.repository.ts'

/**
 * Checks the server behind a new connection before it is used. A restore to an earlier point ends every connection, so no
 * message is shown or stored under the epoch before it.
 * @throws ServiceUnavailable while the server is in recovery
 */
export async function followConnection(
  run: RunOnConnection,
  parts: { newId: () => string; log: Logger }
): Promise<void> {
  if (await isRecovering(run)) throw new ServiceUnavailable()
  if (await followServer(run, parts.newId())) {
    parts.log.warn('PostgreSQL is a different server or timeline than before: a new epoch of all threads begins')
  }
}
