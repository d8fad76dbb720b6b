import type { LoadReport } from './measure.ts'

/** Collects latencies of what was started after the warm-up and sums them up. */
export class Latencies {
  #values: number[] = []
  #errors = 0
  #startedAt = 0
  #cpuAtStart = process.cpuUsage()

  /** Forgets the warm-up. */
  start(): void {
    this.#values = []
    this.#errors = 0
    this.#startedAt = performance.now()
    this.#cpuAtStart = process.cpuUsage()
  }

  add(milliseconds: number): void {
    this.#values.push(milliseconds)
  }

  fail(): void {
    this.#errors += 1
  }

  report(): LoadReport {
    const sorted = Float64Array.from(this.#values).toSorted()
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
    const { user, system } = process.cpuUsage(this.#cpuAtStart)
    return {
      count: sorted.length,
      seconds: (performance.now() - this.#startedAt) / 1000,
      p50Ms: at(0.5),
      p99Ms: at(0.99),
      errors: this.#errors,
      generatorMicros: (user + system) / sorted.length
    }
  }
}
