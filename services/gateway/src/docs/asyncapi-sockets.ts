import { SessionClientFrame, SessionServerFrame, ThreadClientFrame, ThreadServerFrame } from '@belay/contracts'
import { publicSchema } from '@belay/kit'

/** One kind of frame; its `type` tells it from the others. */
interface Frame {
  description?: string
  properties: { type: { const: string } }
}

interface Socket {
  name: string
  /** With and without a slash at its end. */
  address: string
  description: string
  parameters: Record<string, { description: string }>
  query: Record<string, object>
  /** What clients may send. */
  client: readonly Frame[]
  /** What Belay sends. */
  server: readonly Frame[]
}

const token = {
  type: 'string',
  description: 'An access token, where it comes neither as a header nor as a subprotocol.'
}

const sockets: readonly Socket[] = [
  {
    name: 'session-socket',
    address: '/ws/sessions/{session_id}',
    description:
      'The live conversation of a session (Send Buddy). The handshake always succeeds; a refusal then closes with 4001 (no ' +
      'token), 4002 (no such user), 4003 (bad or expired token) or 4004 (no such session, or not yours).',
    parameters: { session_id: { description: 'Id of a session that the caller is part of.' } },
    query: {
      token,
      after_seq: { type: 'integer', minimum: 0, description: 'Replays every message after this one, then goes live.' },
      epoch: { type: 'string', description: 'Of the log that `after_seq` is a place in.' }
    },
    client: SessionClientFrame.anyOf,
    server: SessionServerFrame.anyOf
  },
  {
    name: 'thread-socket',
    address: '/ws/{user_id}',
    description:
      'All threads of one person on one socket (Shua). The handshake always succeeds; a refusal then closes with 4001 (no ' +
      "token), 4002 (no such user), 4003 (bad or expired token) or 4004 (the token is another user's).",
    parameters: { user_id: { description: 'Id of the caller.' } },
    query: { token },
    client: ThreadClientFrame.anyOf,
    server: ThreadServerFrame.anyOf
  }
]

const sides = ['client', 'server'] as const
type Side = (typeof sides)[number]

/** A channel for each WebSocket. */
export function socketChannels(): object {
  return ofSockets((socket) => ({
    address: socket.address,
    description: socket.description,
    servers: [{ $ref: '#/servers/gateway' }],
    parameters: socket.parameters,
    bindings: { ws: { method: 'GET', query: { type: 'object', properties: socket.query }, bindingVersion: '0.1.0' } },
    messages: Object.fromEntries(
      sides.flatMap((side) => namesOf(socket, side)).map((name) => [name, { $ref: `#/components/messages/${name}` }])
    )
  }))
}

export function socketOperations(): object {
  const operationOf = (socket: Socket, side: Side) => ({
    action: side === 'client' ? 'receive' : 'send',
    title: `${socket.name}: ${side === 'client' ? 'what clients send' : 'what clients receive'}`,
    description: side === 'client' ? 'What a client may send.' : 'What Belay sends.',
    channel: { $ref: `#/channels/${socket.name}` },
    messages: namesOf(socket, side).map((name) => ({ $ref: `#/channels/${socket.name}/messages/${name}` }))
  })
  return Object.fromEntries(
    sockets.flatMap((socket) => [
      [`receive.${socket.name}`, operationOf(socket, 'client')] as const,
      [`send.${socket.name}`, operationOf(socket, 'server')] as const
    ])
  )
}

export function socketMessages(): object {
  const messages = sockets.flatMap((socket) =>
    sides.flatMap((side) => socket[side].map((frame) => [nameOf(socket, side, frame), messageOf(frame)] as const))
  )
  return Object.fromEntries(messages)
}

function messageOf(frame: Frame): object {
  return { name: frame.properties.type.const, summary: frame.description, payload: publicSchema(frame) }
}

function namesOf(socket: Socket, side: Side): string[] {
  return socket[side].map((frame) => nameOf(socket, side, frame))
}

function nameOf({ name }: Socket, side: Side, { properties }: Frame): string {
  return `${name}.${side}.${properties.type.const}`
}

function ofSockets(describe: (socket: Socket) => object): object {
  return Object.fromEntries(sockets.map((socket) => [socket.name, describe(socket)]))
}
