import { eventually, useSystem } from '@belay/testing'
import { io, type Socket } from 'socket.io-client'
import { afterEach, describe, expect, test } from 'vitest'

const system = useSystem({ replicas: { 'realtime-gateway': 2 }, env: { OPEN_TIMEOUT_MS: '60000' } })
const open = new Set<Socket>()

afterEach(() => {
  for (const client of open) client.disconnect()
  open.clear()
})

/** Starts clients of the public door, each with a connection of its own. */
function connect(transports: readonly string[], auth: object = {}): Socket[] {
  return Array.from({ length: 12 }, () => {
    const reconnection = { reconnectionDelay: 100, reconnectionDelayMax: 500 }
    const client = io(system.url, { forceNew: true, transports: [...transports], auth, ...reconnection })
    open.add(client)
    return client
  })
}

/** Returns the instances that hold the sessions of clients. */
function instancesOf(clients: readonly Socket[]): Set<string | undefined> {
  expect(clients.map(({ connected }) => connected)).toEqual(clients.map(() => true))
  return new Set(clients.map((client) => client.io.engine.id.split('.')[0]))
}

describe.each([
  ['polling only', ['polling']],
  ['polling and then WebSocket', ['polling', 'websocket']],
  ['WebSocket only', ['websocket']]
])('over two realtime gateways, with %s', (_name, transports) => {
  test('every client keeps the session that it opened', async () => {
    const clients = connect(transports, { token: 'none' })
    const refusals = clients.map(
      (client) => new Promise<{ code: string }>((resolve) => client.once('unauthorized', resolve))
    )
    expect((await Promise.all(refusals)).map(({ code }) => code)).toEqual(clients.map(() => 'UNAUTHENTICATED'))
    expect(system.logs.linesOf('services').filter((line) => line.includes('/socket.io/'))).toEqual([])
  })

  test('the clients of a killed replica reconnect to the other one', async () => {
    const clients = connect(transports)
    await eventually(() => expect(instancesOf(clients).size).toBe(2))
    await system.kill('realtime-gateway', 'SIGKILL', 0)
    await eventually(() => expect(instancesOf(clients).size).toBe(1), { withinMs: 45_000 })
    await system.restart('realtime-gateway', 0)
  }, 90_000)
})
