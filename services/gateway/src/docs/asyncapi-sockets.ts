import { doors, type SocketDescription } from '@belay/contracts'
import { publicSchema } from '@belay/kit'

const sockets = doors.flatMap((door) => door.sockets ?? [])

const sides = ['client', 'server'] as const
type Side = (typeof sides)[number]

/** A channel for each kind of socket. */
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
  const operationOf = (socket: SocketDescription, side: Side) => ({
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
    sides.flatMap((side) =>
      Object.entries(socket[side]).map(([title, schema]) => {
        const message = { name: title, title, summary: schema.description, payload: publicSchema(schema) }
        return [nameOf(socket, side, title), message] as const
      })
    )
  )
  return Object.fromEntries(messages)
}

function namesOf(socket: SocketDescription, side: Side): string[] {
  return Object.keys(socket[side]).map((title) => nameOf(socket, side, title))
}

function nameOf({ name }: SocketDescription, side: Side, title: string): string {
  return `${name}.${side}.${title}`
}

function ofSockets(describe: (socket: SocketDescription) => object): object {
  return Object.fromEntries(sockets.map((socket) => [socket.name, describe(socket)]))
}
