import { eventually } from '@belay/testing'
import type { Listener } from '../lib/listener.ts'
import { PromiseBroken } from './promise-broken.ts'
import type { Round } from './round.ts'
import { select } from './select.ts'
import type { Traffic } from './traffic.ts'

/** A thread at its end, and who listened to all of it. */
export interface FinishedThread {
  threadId: string
  traffic: Traffic
  /** From its first message on. */
  listeners: readonly Pick<Listener, 'seqs' | 'stop'>[]
  /** The words it was closed with. */
  closing?: string | undefined
}

type Stored = {
  seq: number
  id: string
  kind: string
  body: string
  client_msg_id: string | null
}

/**
 * Guarantee 1: all that was acknowledged is on disk once, and nothing else; `seq` has no gaps; every listener got each
 * message once and in order; nothing was taken that began after the thread was closed. Returns how many messages of people there are.
 */
export async function expectWholeThread(round: Round, thread: FinishedThread): Promise<number> {
  const { threadId, traffic, listeners, closing } = thread
  const stored = await select<Stored>(
    round,
    'select seq, id, kind, body, client_msg_id from chat.messages where thread_id = $1 order by seq',
    [threadId]
  )
  const wrong = [...faultsOf(stored, traffic), ...closingFaults(stored, closing)]
  if (wrong.length > 0)
    throw new PromiseBroken('what was acknowledged is on disk, once and in order', { threadId, wrong })
  for (const listener of listeners) await expectAllDelivered(threadId, listener, stored.length)
  await Promise.all(listeners.map((listener) => listener.stop()))
  round.tally.acknowledged += traffic.acknowledged.size
  round.tally.delivered += listeners.length * stored.length
  return stored.filter((row) => row.kind === 'user').length
}

function* faultsOf(
  stored: readonly Stored[],
  { acknowledged, uncertain, begunAt, endedAt }: Traffic
): Generator<object> {
  const onDisk = new Map(stored.map((row) => [nameIn(row), row]))
  for (const [index, { seq }] of stored.entries()) if (seq !== index + 1) yield { gap: { expected: index + 1, seq } }
  for (const [name, { seq, id }] of acknowledged) {
    const row = onDisk.get(name)
    if (row?.id !== id || row.seq !== seq) yield { acknowledged: { name, seq, id }, onDisk: row ?? null }
    const begun = begunAt.get(name)
    if (endedAt !== undefined && begun !== undefined && begun > endedAt) {
      yield { takenAfterTheEnd: { name, seq, begunAfterMs: begun - endedAt } }
    }
  }
  const names = stored.flatMap((row) => nameIn(row) ?? [])
  if (new Set(names).size < names.length) yield { stored: names.length, different: new Set(names).size }
  for (const row of stored) {
    const name = nameIn(row)
    if (name !== undefined && !acknowledged.has(name) && !uncertain.has(name)) yield { storedThoughRefused: row }
  }
}

function* closingFaults(stored: readonly Stored[], closing: string | undefined): Generator<object> {
  const own = stored.filter((row) => row.kind === 'user' && nameIn(row) === undefined)
  const last = stored.at(-1)
  if (closing === undefined && own.length > 0) yield { nobodyWrote: own }
  if (closing !== undefined && (own.length !== 1 || last?.body !== closing)) yield { closing, own, last: last ?? null }
}

/** What its writer calls it, which its text says; undefined for what no writer wrote. */
function nameIn({ body }: Stored): string | undefined {
  return /^message (.*)$/.exec(body)?.[1]
}

async function expectAllDelivered(threadId: string, { seqs }: Pick<Listener, 'seqs'>, count: number): Promise<void> {
  await eventually(
    () => {
      if (seqs.length < count)
        throw new PromiseBroken('every listener gets every message', {
          threadId,
          count,
          seqs: seqs.length,
          last: seqs.slice(-5)
        })
    },
    { withinMs: 60_000 }
  )
  const wrong = seqs.findIndex((seq, index) => seq !== index + 1)
  if (wrong !== -1 || seqs.length !== count) {
    const around = seqs.slice(Math.max(0, wrong - 3), wrong + 5)
    throw new PromiseBroken('every listener gets every message once and in order', {
      threadId,
      count,
      got: seqs.length,
      wrong,
      around
    })
  }
}
