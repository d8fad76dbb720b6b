/** A sleep that can be cut short; a wake-up between two sleeps cuts the next one short. */
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
