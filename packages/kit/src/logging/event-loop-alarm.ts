import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Logger } from 'pino'

const resolutionMs = 20
const windowMs = 10_000
/** In each window of a late event loop one turn in a hundred takes longer than this. */
const lateMs = 250
/** An alarm needs so many windows in a row. */
const windowsUntilAlarm = 3

/** Logs once when the event loop is late for half a minute, and once when it no longer is. */
export class EventLoopAlarm {
  readonly #log: Pick<Logger, 'info' | 'warn'>
  #lateWindows = 0

  constructor(log: Pick<Logger, 'info' | 'warn'>) {
    this.#log = log
  }

  /** Takes the 99th percentile of the delays in one window. */
  take(p99Ms: number): void {
    if (p99Ms > lateMs) {
      this.#lateWindows += 1
      if (this.#lateWindows === windowsUntilAlarm)
        this.#log.warn({ p99_ms: p99Ms }, 'the event loop is late: this process has more to do than one core can')
      return
    }
    if (this.#lateWindows >= windowsUntilAlarm) this.#log.info({ p99_ms: p99Ms }, 'the event loop is on time again')
    this.#lateWindows = 0
  }
}

/** Watches the event loop of this process for as long as it runs. */
export function watchEventLoop(log: Pick<Logger, 'info' | 'warn'>): void {
  const alarm = new EventLoopAlarm(log)
  const delays = monitorEventLoopDelay({ resolution: resolutionMs })
  delays.enable()
  setInterval(() => {
    alarm.take(Math.round(delays.percentile(99) / 1e6))
    delays.reset()
  }, windowMs).unref()
}
