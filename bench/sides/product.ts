import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { freePort, type RunningSystem, serviceNames, startSystem, withLogin } from '@belay/launcher'
import { Pool } from 'undici'
import { watchEvents } from '../lib/drained.ts'
import { type Group, makeGroup } from '../lib/groups.ts'
import { makeMatches, type Match } from '../lib/matches.ts'
import { greet, makePairs, type Pair } from '../lib/pairs.ts'
import type { Form, Plan, Server, Side } from '../lib/side.ts'
import type { GroupInput } from '../load/group-messages.ts'
import type { HttpSendsInput } from '../load/http-sends.ts'
import type { IdleSocketIoInput } from '../load/idle-socket-io.ts'
import type { IdleSocketsInput } from '../load/idle-sockets.ts'
import type { SocketIoSendsInput } from '../load/socket-io-sends.ts'
import type { SocketSendsInput } from '../load/socket-sends.ts'

/** How to run the product. */
export interface ProductOptions {
  form: Form
  /** With limits that the load does not reach: what they cost is measured, not what they refuse. */
  rateLimits: boolean
  folder: string
  plan: Plan
  log: (line: string) => void
}

const unreached = String(1e9)

/** Starts the product on a data folder of its own, with a durable Postgres and NATS. */
export async function startProduct({ form, rateLimits, folder, plan, log }: ProductOptions): Promise<RunningProduct> {
  const login = { name: 'bench', password: randomUUID() }
  const system = await startSystem({
    dataDir: join(folder, randomUUID()),
    publicPort: await freePort(),
    // The one place that decides on the form.
    inOneProcess: form === 'one process' ? serviceNames : [],
    soleProcess: form === 'one process',
    natsUsers: [login],
    env: {
      ...process.env,
      RATE_LIMITS: rateLimits ? 'on' : 'off',
      LIMIT_MESSAGES_PER_HOUR: unreached,
      LIMIT_DIRECT_MESSAGES_PER_HOUR: unreached,
      LIMIT_SOCKET_MESSAGES_PER_SECOND: unreached,
      LIMIT_INVITATIONS_PER_HOUR: unreached,
      GATEWAY_REQUESTS_PER_MINUTE: unreached,
      ACCESS_TOKEN_TTL_SECONDS: '3600',
      LOG_LEVEL: 'warn',
      ADMIN_EMAIL: 'bench@example.org',
      ADMIN_PASSWORD: 'bench-administrator'
    },
    log
  })
  const natsUrl = withLogin(system.natsUrl('operator'), login.name, login.password)
  const events = await watchEvents(system.postgresUrl, natsUrl)
  const pool = new Pool(system.url, { connections: 10 })
  return {
    system,
    pool,
    pairs: once(() => makePairs(pool, plan.pairs)),
    matches: once(() => makeMatches(pool, plan.pairs)),
    group: once(() => makeGroup(pool, plan.groupSize)),
    drained: events.drained,
    async stop() {
      await pool.close()
      await events.close()
      await system.stop()
    }
  }
}

/** A product, the people that loads need, made once, and a look at its events. */
export interface RunningProduct {
  system: RunningSystem
  pool: Pool
  pairs: () => Promise<Pair[]>
  matches: () => Promise<Match[]>
  group: () => Promise<Group>
  drained: () => Promise<boolean>
  stop(): Promise<void>
}

/** Which side a running product is, and where sockets connect. */
export interface SideOptions extends Pick<Side, 'name' | 'comparedWith'> {
  /** `gateway` relays them; an ingress would route them to the realtime gateway itself. */
  socketsTo: 'gateway' | 'realtime-gateway'
}

/** Returns the side that a running product is. */
export function productSide(product: RunningProduct, { socketsTo, ...names }: SideOptions): Side {
  const { system, pool, pairs, matches, drained } = product
  const door = system.processes.find(({ service }) => service === socketsTo)
  const sockets = `http://127.0.0.1:${door?.port}`
  const sessionSocket = (sessionId: string, token: string) =>
    `${toWs(sockets)}/ws/sessions/${sessionId}/?token=${token}`
  return {
    ...names,
    system,
    drained,
    servers: () => serversOf(system),
    loads: {
      async idleSockets() {
        const made = await pairs()
        for (const pair of made) await greet(pool, pair)
        const urls = made.flatMap((pair) =>
          [pair.inviterToken, pair.inviteeToken].map((token) => `${sessionSocket(pair.sessionId, token)}&after_seq=0`)
        )
        return { generator: 'idle-sockets', input: { urls } satisfies IdleSocketsInput }
      },
      async idleSocketIo() {
        const tokens = (await matches()).flatMap(({ one, other }) => [one.token, other.token])
        return { generator: 'idle-socket-io', input: { origin: sockets, tokens } satisfies IdleSocketIoInput }
      },
      async socketSends() {
        const opened = (await pairs()).map(({ sessionId, inviterToken, inviteeToken }) => ({
          sender: sessionSocket(sessionId, inviterToken),
          receiver: sessionSocket(sessionId, inviteeToken)
        }))
        return { generator: 'socket-sends', input: { pairs: opened } satisfies SocketSendsInput }
      },
      async socketIoSends() {
        const opened = (await matches()).map(({ conversationId, one, other }) => ({
          conversationId,
          sender: one.token,
          receiver: other.token
        }))
        return { generator: 'socket-io-sends', input: { origin: sockets, pairs: opened } satisfies SocketIoSendsInput }
      },
      async httpSends() {
        const senders = (await pairs()).map(({ sessionId, inviterToken }) => ({
          path: `/api/sessions/${sessionId}/messages/`,
          token: inviterToken
        }))
        return { generator: 'http-sends', input: { origin: system.url, senders } satisfies HttpSendsInput }
      },
      async group() {
        const { threadId, people } = await product.group()
        const joining = JSON.stringify({ type: 'join_thread', thread_id: threadId })
        const members = people.map(({ id, token }) => ({
          token,
          socket: { url: `${toWs(sockets)}/ws/${id}?token=${token}`, join: joining }
        }))
        return {
          generator: 'group-messages',
          input: {
            origin: system.url,
            path: `/threads/${threadId}/messages`,
            members
          } satisfies GroupInput
        }
      }
    }
  }
}

const toWs = (origin: string) => origin.replace(/^http/, 'ws')

/** Makes something at its first call, and returns it at each. */
function once<Made>(make: () => Promise<Made>): () => Promise<Made> {
  let made: Promise<Made> | undefined
  return () => (made ??= make())
}

/** Services that share a process count once, as `services`. */
function serversOf({ processes, postgres, nats }: RunningSystem): Server[] {
  const nodes = [...Map.groupBy(processes, ({ pid }) => pid)].map(([pid, [first, ...others]]) => ({
    name: others.length > 0 ? 'services' : String(first?.service),
    pid,
    isNode: true
  }))
  return [
    ...nodes,
    { name: 'postgres', pid: postgres?.pid, isNode: false },
    { name: 'nats', pid: nats?.pid, isNode: false }
  ]
}
