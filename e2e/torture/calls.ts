import type { Answer, Api, TestUser } from '@belay/testing'
import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { PromiseBroken } from './promise-broken.ts'
import type { Round } from './round.ts'

/** One HTTP call. */
export interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: string
  body?: unknown
}

/** How long a call may go without an answer that holds; the longest fault and a slow machine are inside it. */
const patienceMs = 90_000
/** "Never a hang": a single call is answered long before this, but for the time that a process is frozen. */
const hangsAfterMs = 40_000

/** The codes of answers that only hold for now. */
const passing = new Set(['IDEMPOTENCY_IN_PROGRESS', 'NOT_YET_EFFECTIVE', 'SERVICE_UNAVAILABLE'])

/** Calls until there is an answer that holds: 503 and lost answers are tried again. */
export async function answerOf(
  round: Pick<Round, 'aborted' | 'tally'>,
  api: Api,
  { method, path, body }: Call,
  headersOf: (state: { notYet: boolean }) => Record<string, string> = () => ({})
): Promise<{ answer: Answer; lost: number; headers: Record<string, string> }> {
  const deadline = performance.now() + patienceMs
  const state = { notYet: false }
  for (let lost = 0; ;) {
    round.aborted.throwIfAborted()
    const headers = headersOf(state)
    const answer = await withoutHanging(api.call(method, path, body, headers), `${method} ${path}`)
    if (answer !== undefined && !isPassing(answer)) return { answer, lost, headers }
    state.notYet = answer?.body?.code === 'NOT_YET_EFFECTIVE'
    if (state.notYet) round.tally.notYet += 1
    else lost += 1
    if (performance.now() > deadline) {
      const last = answer === undefined ? 'no answer' : { status: answer.status, body: answer.body }
      throw new PromiseBroken(`${method} ${path} has no answer that holds after ${patienceMs} ms`, last)
    }
    await wait(50)
  }
}

function isPassing({ status, body }: Answer): boolean {
  return status === 503 || status === 504 || (status === 409 && passing.has(body?.code))
}

async function withoutHanging(call: Promise<Answer>, what: string): Promise<Answer | undefined> {
  const timeout = new AbortController()
  const hangs = wait(hangsAfterMs, undefined, { signal: timeout.signal, ref: false }).then(() => {
    throw new PromiseBroken('a call is answered or refused, it never hangs', { what, waitedMs: hangsAfterMs })
  })
  hangs.catch(() => undefined)
  try {
    return await Promise.race([call.catch(() => undefined), hangs])
  } finally {
    timeout.abort()
  }
}

/**
 * Has a person do something and returns what it answered, which must be 2xx. A POST carries an Idempotency-Key, so that
 * a lost answer can be asked for again; what is not yet effective is also called again without it. Now and then a call
 * is repeated afterwards and must answer the same.
 */
export async function command(round: Round, person: TestUser, call: Call): Promise<Answer> {
  const random = round.random.fork(`${call.method} ${call.path} ${round.tally.commands}`)
  const key = call.method === 'POST' ? { 'idempotency-key': randomUUID() } : undefined
  const { answer, lost, headers } = await answerOf(round, person.api, call, ({ notYet }) =>
    key === undefined || (notYet && random.chance(0.5)) ? {} : key
  )
  round.tally.commands += 1
  const alreadyDone = call.method === 'DELETE' && lost > 0 && answer.body?.code === 'REQUEST_IS_OVER'
  if (answer.status >= 300 && !alreadyDone)
    throw new PromiseBroken('a command that may be given succeeds, however often it has to be repeated', {
      call,
      key,
      lost,
      status: answer.status,
      body: answer.body
    })
  if (key !== undefined && headers === key && random.chance(0.3)) await repeat(round, person, call, key, answer)
  return answer
}

async function repeat(
  round: Round,
  person: TestUser,
  call: Call,
  key: Record<string, string>,
  first: Answer
): Promise<void> {
  const { answer } = await answerOf(round, person.api, call, () => key)
  round.tally.repeats += 1
  const same = answer.status === first.status && JSON.stringify(answer.body) === JSON.stringify(first.body)
  if (!same || answer.headers['idempotency-replayed'] !== 'true') {
    throw new PromiseBroken('a repeat under the same Idempotency-Key returns the first answer', { call, first, answer })
  }
}
