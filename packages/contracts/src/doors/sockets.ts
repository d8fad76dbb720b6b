import { type TSchema, Type } from 'typebox'
import { Id } from '../text.ts'

/** What one side of a socket may send: the schema of each kind, by the `type` of a frame or the name of an event. */
export type SocketMessages = Readonly<Record<string, TSchema & { description?: string }>>

/** WebSocket alone, or Engine.IO, the transport of Socket.IO, which may poll over HTTP. */
export type SocketProtocol = 'websocket' | 'engine.io'

/** A socket of a front door, as the gateway routes it and the AsyncAPI document describes it. */
export interface SocketDescription {
  name: string
  protocol: SocketProtocol
  /** Works with and without a trailing slash. */
  address: string
  description: string
  parameters: Record<string, { description: string }>
  query: Record<string, object>
  /** What clients may send. */
  client: SocketMessages
  /** What Belay sends. */
  server: SocketMessages
}

/** Returns frames by their `type`. */
export function framesByType(frames: readonly Frame[]): SocketMessages {
  return Object.fromEntries(frames.map((frame) => [frame.properties.type.const, frame]))
}

type Frame = TSchema & { properties: { type: { const: string } } }

/** The query parameter of sockets that carries an access token. */
export const tokenParameter = {
  type: 'string',
  description: 'An access token, if it is sent neither in a header nor as a subprotocol.'
}

/**
 * The log cannot be continued from the client's position: the client discards its copy of the thread and reads it again.
 * Messages after `last_seq` follow live.
 */
export const ResetFrame = Type.Object(
  {
    type: Type.Literal('reset'),
    thread_id: Id,
    epoch: Type.String(),
    last_seq: Type.Integer()
  },
  { description: "The log cannot be continued from the client's position: the client must read the thread again." }
)
