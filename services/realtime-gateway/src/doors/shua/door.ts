import type { TokenVerifier } from '@belay/kit'
import type { Realtime } from '#src/core/realtime.ts'
import type { SocketDoor } from '#src/transports/websocket/socket-door.ts'
import { ThreadSocket } from './protocol.ts'

/** `/ws/{user_id}` (Shua API): one socket for all threads of a person. More specific paths must come before it. */
export function createThreadDoor(realtime: Realtime, verifyToken: TokenVerifier['verify']): SocketDoor {
  return {
    path: /^\/ws\/([^/]+)\/?$/,
    createProtocol: () => new ThreadSocket(realtime, verifyToken)
  }
}
