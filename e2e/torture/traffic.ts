import type { TestUser } from '@belay/testing'
import {
  type Acknowledged,
  type Writer,
  type WriterHabits,
  writeInGroup,
  writeOverHttp,
  writeOverSocket,
  writeWithKeys
} from '../lib/writers.ts'
import { PromiseBroken } from './promise-broken.ts'
import type { Random } from './random.ts'
import type { Round } from './round.ts'

/** How a message goes out: in a session or a group, known by its `client_msg_id` or by its `Idempotency-Key`. */
type Way = keyof typeof ways

const ways = {
  http: (writing: Writer, sessionId: string) => writeOverHttp({ ...writing, sessionId }),
  socket: (writing: Writer, sessionId: string) => writeOverSocket({ ...writing, sessionId }),
  'http-key': (writing: Writer, id: string) => writeWithKeys(writing, `/api/sessions/${id}/messages/`),
  group: writeInGroup,
  'group-key': (writing: Writer, id: string) => writeWithKeys(writing, `/threads/${id}/messages`)
}

/** Who writes into one thread, and what became of it. */
export interface Traffic {
  acknowledged: Acknowledged
  /** Messages that may be on disk although they were refused: an earlier attempt had no answer. */
  uncertain: ReadonlySet<string>
  /** When the first attempt of each message began, by its name. */
  begunAt: ReadonlyMap<string, number>
  /** From here on a refusal is no breach: what closes the thread is on its way. */
  mayEnd(): void
  /** The 2xx of what closed the thread is here: nothing that begins from now on may be taken. */
  hasEnded(): void
  /** When that was. */
  readonly endedAt: number | undefined
  /** A message of its own, to be tried at one place. */
  probe(): { body: string; client_msg_id: string }
  /** More people write, until they are told to stop or the thread ends; resolves when they have. */
  add(writing: { writer: TestUser; over: Way; until?: () => boolean }): Promise<void>
  /** Resolves when all writers have stopped. */
  readonly finished: Promise<unknown>
}

/** Traffic without writers yet. The `client_msg_id`s begin with the prefix. */
export function openTraffic(round: Round, random: Random, threadId: string, prefix = ''): Traffic {
  const acknowledged: Acknowledged = new Map()
  const begunAt = new Map<string, number>()
  const uncertain = new Set<string>()
  const writers: Promise<void>[] = []
  let ending = false
  let endedAt: number | undefined
  let names = 0
  const begin = (client_msg_id: string) => void begunAt.set(client_msg_id, performance.now())
  const habits = (until?: () => boolean): WriterHabits => ({
    onBegin: begin,
    onRefused(client_msg_id, { why, uncertain: isUncertain }) {
      if (isUncertain) uncertain.add(client_msg_id)
      if (ending || until?.() === true) return
      throw new PromiseBroken('an open thread takes the messages of its people', { threadId, client_msg_id, why })
    },
    pauseMs: random.int(10, 60),
    until: () => endedAt !== undefined || round.aborted.aborted || until?.() === true
  })
  return {
    acknowledged,
    uncertain,
    begunAt,
    mayEnd: () => void (ending = true),
    hasEnded: () => void (endedAt = performance.now()),
    get endedAt() {
      return endedAt
    },
    probe() {
      const client_msg_id = `${prefix}probe-${(names += 1)}`
      begin(client_msg_id)
      return { body: `message ${client_msg_id}`, client_msg_id }
    },
    add({ writer, over, until }) {
      const write = {
        system: round.system,
        writer,
        name: `${prefix}writer-${(names += 1)}`,
        count: 10_000,
        acknowledged
      }
      const writing = { ...write, ...habits(until) }
      const done = ways[over](writing, threadId)
      // The caller that awaits it gets the failure; until then it must not end the process.
      done.catch(() => undefined)
      writers.push(done)
      return done
    },
    get finished() {
      return Promise.all(writers)
    }
  }
}

/** Both people of a session write, each over HTTP, over a socket, and over HTTP with keys. */
export function writeSession(round: Round, random: Random, sessionId: string, people: TestUser[]): Traffic {
  const traffic = openTraffic(round, random, sessionId)
  for (const writer of people)
    for (const over of ['http', 'socket', 'http-key'] as const) void traffic.add({ writer, over })
  return traffic
}
