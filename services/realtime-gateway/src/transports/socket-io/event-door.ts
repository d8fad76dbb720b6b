import type { CloseReason } from '#src/core/codec.ts'
import type { Connection, Protocol } from '#src/core/connection.ts'
import type { EventFrame } from './event-frame.ts'

/** What a client emitted. */
export interface ClientEvent {
  name: string
  /** Its first argument. */
  data: unknown
  /** Answers the client, if it asked for an acknowledgement. */
  acknowledge: ((answer: object) => void) | undefined
}

/** What one Socket.IO client of a front door does. */
export interface EventProtocol extends Protocol<EventFrame> {
  /** The client has connected, with what it sent to sign in. */
  connected(connection: Connection, auth: Readonly<Record<string, unknown>>): void
  /** Takes an event of the client. */
  receive(connection: Connection, event: ClientEvent): void
  /**
   * Returns the last event of a client that must not come back by itself; undefined for one whose connection just breaks, so
   * that it reconnects.
   */
  farewell(reason: CloseReason): EventFrame | undefined
}

/** A front door for Socket.IO clients. */
export interface EventDoor {
  /** Returns the protocol of a new client. */
  createProtocol(): EventProtocol
}
