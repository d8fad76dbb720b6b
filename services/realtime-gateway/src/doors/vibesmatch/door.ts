import type { EventDoor } from '#src/transports/socket-io/event-door.ts'
import { DirectSocket, type DirectSocketOptions } from './protocol.ts'

/** Socket.IO at `/socket.io/` (VibesMatch API): one socket for all conversations of a person. */
export function createDirectDoor(options: DirectSocketOptions): EventDoor {
  return { createProtocol: () => new DirectSocket(options) }
}
