/** How long a replica that refused a connection is skipped, in milliseconds. */
const restMs = 1_000

/** The replicas of one service, in round-robin order; those that just refused a connection come last. */
export class Replicas<Replica> {
  readonly all: readonly Replica[]
  readonly #restingUntil = new Map<Replica, number>()
  #turn = 0

  constructor(all: readonly Replica[]) {
    this.all = all
  }

  /** Returns all of them, in the order in which to try them now. `nowMs` is from a monotonic clock. */
  inTurn(nowMs: number): readonly Replica[] {
    if (this.all.length < 2) return this.all
    this.#turn = (this.#turn + 1) % this.all.length
    const order = [...this.all.slice(this.#turn), ...this.all.slice(0, this.#turn)]
    if (this.#restingUntil.size === 0) return order
    const isResting = (replica: Replica) => (this.#restingUntil.get(replica) ?? 0) > nowMs
    return [...order.filter((replica) => !isResting(replica)), ...order.filter(isResting)]
  }

  /** Skips a replica for a while. */
  rest(replica: Replica, nowMs: number): void {
    this.#restingUntil.set(replica, nowMs + restMs)
  }

  /** Stops skipping a replica that responds again. */
  wake(replica: Replica): void {
    if (this.#restingUntil.size > 0) this.#restingUntil.delete(replica)
  }
}
