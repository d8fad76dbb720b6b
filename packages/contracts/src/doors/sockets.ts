import { Type } from 'typebox'
import { Id } from '../text.ts'

/** A kind of frame, identified by its `type`. */
export interface Frame {
  description?: string
  properties: { type: { const: string } }
}

/** A WebSocket of a front door, as described in the AsyncAPI document. */
export interface SocketDescription {
  name: string
  /** Works with and without a trailing slash. */
  address: string
  description: string
  parameters: Record<string, { description: string }>
  query: Record<string, object>
  /** What clients may send. */
  client: readonly Frame[]
  /** What Belay sends. */
  server: readonly Frame[]
}

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
