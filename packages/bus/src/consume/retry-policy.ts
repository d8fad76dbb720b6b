import type { BusTuning } from '../tuning.ts'

/** How long an event waits before its next delivery, in milliseconds: doubling, from the first failure on. */
export function retryDelayMs(failures: number, tuning: Pick<BusTuning, 'retryBaseMs' | 'retryMaxMs'>): number {
  return doubled(tuning.retryBaseMs, failures, tuning.retryMaxMs)
}

/** The same after a transient failure, by the number of deliveries so far. */
export function transientDelayMs(
  deliveries: number,
  tuning: Pick<BusTuning, 'retryBaseMs' | 'transientRetryMaxMs'>
): number {
  return doubled(tuning.retryBaseMs, deliveries, tuning.transientRetryMaxMs)
}

function doubled(base: number, times: number, max: number): number {
  return Math.min(max, base * 2 ** Math.max(0, times - 1))
}

/**
 * Failures by event id.
 *
 * The server's own delivery count cannot serve: it also grows with outages and restarts, which must never park an
 * event. So tries are counted here, per process: with n replicas a poison event is tried at most n times as often.
 */
export class FailureCounts {
  readonly #counts = new Map<string, number>()
  readonly #capacity: number

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  add(id: string): number {
    const failures = (this.#counts.get(id) ?? 0) + 1
    this.#counts.delete(id)
    this.#counts.set(id, failures)
    this.#evict()
    return failures
  }

  forget(id: string): void {
    if (this.#counts.size > 0) this.#counts.delete(id)
  }

  /** Events that another replica finally handled would stay indefinitely: the oldest go first. */
  #evict(): void {
    if (this.#counts.size <= this.#capacity) return
    const oldest = this.#counts.keys().next()
    if (!oldest.done) this.#counts.delete(oldest.value)
  }
}
