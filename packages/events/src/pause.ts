/** A sleep that can be cut short; a wake-up while nobody sleeps cuts the next sleep. */
export interface Pause {
  sleep(ms: number): Promise<void>
  wake(): void
}

export function createPause(): Pause {
  let awake = false
  let rise: (() => void) | undefined
  return {
    async sleep(ms) {
      if (!awake) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms)
          rise = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      }
      rise = undefined
      awake = false
    },
    wake() {
      awake = true
      rise?.()
    }
  }
}

/** Doubles from `baseMs` with every failure in a row, up to `maxMs`. */
export function backoffMs(failures: number, options: { baseMs: number; maxMs: number }): number {
  return Math.min(options.maxMs, options.baseMs * 2 ** Math.min(failures - 1, 16))
}
