import { setTimeout as wait } from 'node:timers/promises'
import type { AtomicCommand, Command, Commands } from '@belay/events'
import { takeTurn, type KeptAnswer } from './answers.repository.ts'
import type { Call } from './call.ts'
import { IdempotencyConflict, IdempotencyKeyReused } from '../errors/common-errors.ts'

/** How long a repetition waits for the first call. */
export const defaultWaitMs = 10_000
const pauseMinMs = 25
const pauseMaxMs = 250

/**
 * Opens an atomic command that holds the lock of its `Idempotency-Key`, or returns the answer of the earlier call with the
 * key. While that call runs, no connection is held.
 * @throws IdempotencyKeyReused when the key was used for another request
 * @throws IdempotencyConflict when the first call is still running after the wait
 */
export async function openKeyedCall<DB>(
  commands: Commands<DB>,
  call: Call,
  waitMs: number
): Promise<{ command: AtomicCommand<DB> } | { answer: KeptAnswer }> {
  const deadline = performance.now() + waitMs
  for (let pause = pauseMinMs; ; pause = Math.min(pause * 2, pauseMaxMs)) {
    const command = await commands.openAtomic()
    let isKept = false
    try {
      const answers = await takeTurn(command.atomic.trx, call)
      const answer = answers && answerFor(call, answers)
      if (answer !== undefined) return { answer }
      isKept = answers !== undefined
      if (isKept) return { command }
    } finally {
      if (!isKept) await commands.rollback(command)
    }
    if (performance.now() + pause > deadline) throw new IdempotencyConflict()
    await wait(pause)
  }
}

/** A call with the same key was answered while this one asked other services. */
export class AnsweredMeanwhile extends Error {
  readonly answer: KeptAnswer

  constructor(answer: KeptAnswer) {
    super('a call with the same Idempotency-Key was answered meanwhile')
    this.name = 'AnsweredMeanwhile'
    this.answer = answer
  }
}

/**
 * A command like that of `openKeyedCall`, whose transaction begins with its first change. Until then neither a connection
 * nor the lock of the key is held. The change rejects with AnsweredMeanwhile when an earlier call with the key was answered.
 */
export function openKeyedCallLate<DB>(commands: Commands<DB>, call: Call, waitMs: number): Command<DB> {
  const openLate = async () => {
    const opened = await openKeyedCall(commands, call, waitMs)
    if ('answer' in opened) throw new AnsweredMeanwhile(opened.answer)
    return opened.command
  }
  return { ...commands.open(), openLate }
}

/**
 * Returns the answer that a call gets instead of running.
 * @throws IdempotencyKeyReused
 */
export function answerFor(call: Call, answers: readonly KeptAnswer[]): KeptAnswer | undefined {
  const keyed = answers.find(({ key }) => key === call.key)
  if (keyed !== undefined && keyed.requestHash !== call.requestHash) throw new IdempotencyKeyReused()
  return keyed ?? answers.find(({ requestHash }) => requestHash === call.requestHash)
}
