import { Sender } from 'ws'
import type { CloseReason } from '#src/core/codec.ts'
import type { Connection, Protocol } from '#src/core/connection.ts'
import type { Handshake } from './handshake.ts'

/** A front door for raw WebSockets. */
export interface SocketDoor {
  /** Its paths, without the query; the first group is the door's parameter. */
  path: RegExp
  /** Returns the protocol of a new socket. */
  createProtocol(): SocketProtocol
}

/** What one socket of a door does. Its frames are those of `encodeFrame`. */
export interface SocketProtocol extends Protocol<Buffer> {
  /** Decides whether a connection may stay, and prepares it. Resolves with the reason when it may not. */
  authorize(connection: Connection, handshake: Handshake): Promise<CloseReason | undefined>
  /** Takes one frame of an admitted connection. */
  receive(connection: Connection, data: Buffer, isBinary: boolean): void
  /** Returns how the socket is closed for this reason. */
  closeFrame(reason: CloseReason): CloseFrame
}

export interface CloseFrame {
  code: number
  /** At most 123 bytes. */
  reason: string
}

const text = { fin: true, opcode: 1, readOnly: true }

/** Encodes a message as one whole WebSocket frame (RFC 6455, section 5.2): many sockets write the same bytes. */
export function encodeFrame(message: object): Buffer {
  return Buffer.concat(Sender.frame(Buffer.from(JSON.stringify(message)), text))
}
