import { setTimeout as sleep } from 'node:timers/promises'

/** Waits for the work, however it ends, but not longer than so many milliseconds; the work itself goes on. */
export async function bounded(work: Promise<unknown>, milliseconds: number): Promise<'settled' | 'late'> {
  const timer = new AbortController()
  const settled = work.then(
    () => 'settled' as const,
    () => 'settled' as const
  )
  const late = sleep(milliseconds, 'late' as const, { signal: timer.signal }).catch(() => 'late' as const)
  const outcome = await Promise.race([settled, late])
  timer.abort()
  return outcome
}
