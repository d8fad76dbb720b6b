import { loadConfig } from '@belay/config'
import { systemRuntime } from '@belay/kit'
import { startTestNats } from '@belay/testing'
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { buildApp } from '#src/app.ts'
import { configSchema } from '#src/config.ts'
import { type StandIn, startStandIn } from './stand-in-chat.ts'

export interface Gateways {
  readonly chat: StandIn
  /** The origin of each realtime gateway. */
  readonly urls: readonly string[]
  /** Stops one as SIGTERM does. */
  stop(index: number): Promise<void>
}

/** Realtime gateways on one NATS, for the tests of a file. */
export function useGateways({ count = 1, env = {} }: { count?: number; env?: Record<string, string> } = {}): Gateways {
  let chat: StandIn | undefined
  let stopAll = async () => {}
  const urls: string[] = []
  const apps: Awaited<ReturnType<typeof buildApp>>[] = []
  beforeAll(async () => {
    const nats = await startTestNats()
    chat = await startStandIn(nats.url)
    for (let index = 0; index < count; index += 1) {
      const settings = { LOG_LEVEL: 'silent', DRAIN_MS: '200', NATS_URL: nats.url, ...env }
      const app = await buildApp(loadConfig(configSchema, settings), systemRuntime)
      apps.push(app)
      urls.push(await app.listen({ port: 0, host: '127.0.0.1' }))
    }
    stopAll = async () => {
      await Promise.all(apps.map((app) => app.close()))
      await chat?.close()
      await nats.stop()
    }
  })
  afterAll(() => stopAll())
  return {
    get chat() {
      if (chat === undefined) throw new Error('use it inside tests')
      return chat
    },
    urls,
    stop: async (index) => apps[index]?.close()
  }
}

export type Arguments = Readonly<Record<string, unknown>>

/** A real Socket.IO client and everything it received. */
export interface Client {
  raw: Socket
  /** The name and the first argument of every event, oldest first. */
  events: readonly { name: string; data: Arguments }[]
  all(name: string): Arguments[]
  /** The first event of this name, already here or still to come, that satisfies the predicate. */
  next(name: string, predicate?: (data: Arguments) => boolean): Promise<Arguments>
  /** Emits and resolves with the acknowledgement. */
  ask(name: string, data?: unknown): Promise<Arguments>
  /** Resolves with the reason when the socket is disconnected. */
  disconnected: Promise<string>
}

const open = new Set<Socket>()

/** Closes what a test left open. */
export function closeClients(): void {
  afterEach(() => {
    for (const socket of open) socket.disconnect()
    open.clear()
  })
}

/** Connects without waiting for anything. */
export function connect(url: string, options: Partial<ManagerOptions & SocketOptions> = {}): Client {
  const raw = io(url, { forceNew: true, reconnection: false, transports: ['websocket'], ...options })
  open.add(raw)
  const events: { name: string; data: Arguments }[] = []
  const waiting = new Set<() => void>()
  raw.onAny((name: string, data: Arguments) => {
    events.push({ name, data })
    for (const look of waiting) look()
  })
  const next: Client['next'] = (name, predicate = () => true) =>
    new Promise((resolve, reject) => {
      const look = () => {
        const found = events.find((event) => event.name === name && predicate(event.data))
        if (found === undefined) return
        clearTimeout(timer)
        waiting.delete(look)
        resolve(found.data)
      }
      const timer = setTimeout(() => reject(new Error(`no ${name} in ${JSON.stringify(events.slice(-20))}`)), 15_000)
      waiting.add(look)
      look()
    })
  return {
    raw,
    events,
    all: (name) => events.filter((event) => event.name === name).map(({ data }) => data),
    next,
    ask: (name, data) => raw.timeout(15_000).emitWithAck(name, data),
    disconnected: new Promise((resolve) => raw.once('disconnect', (reason) => resolve(reason)))
  }
}

/** Connects with a token and waits until the client is signed in. */
export async function signIn(
  url: string,
  token: string,
  options: Partial<ManagerOptions & SocketOptions> = {}
): Promise<Client> {
  const client = connect(url, { auth: { token }, ...options })
  await client.next('authenticated')
  return client
}
