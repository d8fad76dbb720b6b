import { setTimeout as wait } from 'node:timers/promises'

/**
 * Runs the assertion until it passes and returns what it returned. When it still fails after `withinMs` (15 s by
 * default), its last failure is thrown.
 */
export async function eventually<T>(assertion: () => T | Promise<T>, options: { withinMs?: number } = {}): Promise<T> {
  const deadline = performance.now() + (options.withinMs ?? 15_000)
  for (let pause = 10; ; pause = Math.min(pause * 1.5, 200)) {
    try {
      return await assertion()
    } catch (error) {
      if (performance.now() + pause > deadline) throw error
    }
    await wait(pause)
  }
}
