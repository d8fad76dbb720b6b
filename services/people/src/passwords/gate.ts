import { Busy } from '#src/errors.ts'

/** Runs up to `concurrency` pieces of work at once and queues up to `waitingMax` more. Throws Busy beyond that. */
export function createGate(options: { concurrency: number; waitingMax: number }) {
  const waiting: (() => void)[] = []
  let running = 0

  return async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running < options.concurrency) running += 1
    else if (waiting.length < options.waitingMax) await new Promise<void>((resolve) => waiting.push(resolve))
    else throw new Busy()
    try {
      return await work()
    } finally {
      // The place goes directly to the next in the queue, so that no new caller can take it first.
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }
}
