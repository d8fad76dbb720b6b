/** Gets a live signal; never throws. */
export type Deliver = (payload: unknown, subject: string) => void

/** The listeners to live signals of all buses of one process. */
export class Listeners {
  readonly #exact = new Map<string, Set<Deliver>>()
  readonly #patterns = new Map<Deliver, readonly string[]>()

  /** Returns the way out. */
  add(pattern: string, deliver: Deliver): () => void {
    if (/[*>]/.test(pattern)) {
      this.#patterns.set(deliver, pattern.split('.'))
      return () => void this.#patterns.delete(deliver)
    }
    const listening = this.#exact.get(pattern) ?? new Set()
    this.#exact.set(pattern, listening.add(deliver))
    return () => {
      listening.delete(deliver)
      if (listening.size === 0 && this.#exact.get(pattern) === listening) this.#exact.delete(pattern)
    }
  }

  /** Delivers in order, once the running code has returned to its caller. Returns whether there are listeners. */
  publish(subject: string, payload: unknown): boolean {
    if (this.#of(subject).length === 0) return false
    queueMicrotask(() => {
      for (const deliver of this.#of(subject)) deliver(payload, subject)
    })
    return true
  }

  #of(subject: string): Deliver[] {
    const matching = [...(this.#exact.get(subject) ?? [])]
    for (const [deliver, pattern] of this.#patterns) if (matches(subject, pattern)) matching.push(deliver)
    return matching
  }
}

/** `*` stands for a token and `>` for the rest. */
function matches(subject: string, pattern: readonly string[]): boolean {
  const tokens = subject.split('.')
  if (pattern.at(-1) !== '>' && tokens.length !== pattern.length) return false
  return pattern.every(
    (token, at) => tokens[at] !== undefined && (token === '*' || token === '>' || token === tokens[at])
  )
}
