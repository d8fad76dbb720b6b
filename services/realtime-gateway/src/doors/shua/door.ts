import { isUnavailable, type TokenVerifier } from '@belay/kit'
import type { Refusals } from '#src/transports/websocket/refusals.ts'
import { verifyIdentity } from '#src/core/identity.ts'
import type { CloseReason } from '#src/core/codec.ts'
import type { Connection } from '#src/core/connection.ts'
import type { Log } from '#src/core/log.ts'
import type { Realtime } from '#src/core/realtime.ts'
import type { Handshake } from '#src/transports/websocket/handshake.ts'
import type { SocketDoor } from '#src/transports/websocket/socket-server.ts'
import { ThreadSocket } from './protocol.ts'

export interface ThreadDoorOptions {
  realtime: Realtime
  verifyToken: TokenVerifier['verify']
  refusals: Refusals
  log: Log
}

/** `/ws/{user_id}` (Shua API): one socket for all threads of a person. More particular paths must come before it. */
export function createThreadDoor(options: ThreadDoorOptions): SocketDoor {
  return {
    path: /^\/ws\/([^/]+)\/?$/,
    open(transport, handshake) {
      const connection = options.realtime.connections.open(transport, new ThreadSocket(options.realtime))
      void letIn(options, connection, handshake)
      return connection
    }
  }
}

/** The handshake has succeeded already, so that a browser can read why it is refused here. */
async function letIn(options: ThreadDoorOptions, connection: Connection, handshake: Handshake): Promise<void> {
  try {
    const refusal = await identify(options, connection, handshake)
    if (refusal !== undefined) {
      options.refusals.end(connection, refusal, handshake)
      return
    }
    options.refusals.forget(handshake)
    options.realtime.connections.admit(connection)
  } catch (error) {
    if (!isUnavailable(error)) options.log.error({ err: error }, 'letting a socket in failed')
    options.refusals.end(connection, 'unavailable', handshake)
  }
}

async function identify(
  { realtime, verifyToken }: ThreadDoorOptions,
  connection: Connection,
  { subject, token }: Handshake
): Promise<CloseReason | undefined> {
  const identity = await verifyIdentity(verifyToken, token)
  if (typeof identity === 'string') return identity
  if (identity.userId !== subject.toLowerCase()) return 'other_user'
  if (connection.ended) return undefined
  // Before the account is looked up: a change that comes meanwhile ends this socket too.
  if (!realtime.users.add(connection, identity)) return 'too_many_connections'
  return realtime.threads.checkAccount(identity.userId)
}
