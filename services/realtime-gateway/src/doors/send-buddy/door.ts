import type { TokenVerifier } from '@belay/kit'
import type { Realtime } from '#src/core/realtime.ts'
import type { SocketDoor } from '#src/transports/websocket/socket-door.ts'
import { SessionSocket } from './protocol.ts'

/** `/ws/sessions/{id}/` (Send Buddy API): one socket is one session's chat. */
export function createSessionDoor(realtime: Realtime, verifyToken: TokenVerifier['verify']): SocketDoor {
  return {
    path: /^\/ws\/sessions\/([^/]+)\/?$/,
    createProtocol: () => new SessionSocket(realtime, verifyToken)
  }
}
