import type { RunOnConnection } from '@belay/db'
import { ServiceUnavailable } from '@belay/kit'
import type { Logger } from 'pino'
import { followServer, isRecovering } from './epoch.repository.ts'

/**
 * Looks at the server behind a connection before anything is read or written over it: a log that was put back to an
 * earlier point has lost every connection to it, so no message is shown or stored under the epoch of before.
 * @throws ServiceUnavailable while the server still recovers
 */
export async function followConnection(
  run: RunOnConnection,
  parts: { newId: () => string; log: Logger }
): Promise<void> {
  if (await isRecovering(run)) throw new ServiceUnavailable()
  if (await followServer(run, parts.newId())) {
    parts.log.warn('PostgreSQL is another server or timeline than before: a new epoch of all threads begins')
  }
}
