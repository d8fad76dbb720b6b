const EVERY_MS = 100

/** Notices when the process stood still: stopped by a signal, starved of processor time, or busy with one long task. */
export class StallWatch {
  readonly #timer: NodeJS.Timeout
  #tickedAt = performance.now()
  #lastGapMs = 0

  constructor() {
    this.#timer = setInterval(() => this.#tick(), EVERY_MS)
    this.#timer.unref()
  }

  /** For how many milliseconds what is read from a socket now may have lain there; 0 in a process that runs freely. */
  longestMs(): number {
    // Timers run before sockets are read: the stall that just ended was seen by the timer already.
    const gapMs = Math.max(this.#lastGapMs, performance.now() - this.#tickedAt)
    return Math.max(0, gapMs - EVERY_MS)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #tick(): void {
    const now = performance.now()
    this.#lastGapMs = now - this.#tickedAt
    this.#tickedAt = now
  }
}
