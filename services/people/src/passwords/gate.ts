import { Busy } from '#src/errors.ts'

/** Runs work in turn: `concurrency` at once, up to `waitingMax` in the queue, and Busy for everybody after them. */
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
      // The place goes straight to the next in line, so nobody who comes just now can slip in before.
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }
}
