import type { FastifyReply } from 'fastify'

/** When stopping: polls that have no answer by then are ended. */
const drainTimeoutMs = 4_000

/** The requests of polling clients that wait for something to receive: one of each. */
export class Polls {
  readonly #open = new Set<AbortController>()
  #allEnded: (() => void) | undefined
  #stopped = false

  get size(): number {
    return this.#open.size
  }

  /** Runs a poll, with a signal that aborts when the client leaves or this process stops. */
  async run<Answer>(reply: FastifyReply, poll: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
    const controller = new AbortController()
    const abort = () => controller.abort()
    reply.raw.once('close', abort)
    this.#open.add(controller)
    if (this.#stopped || reply.raw.destroyed) abort()
    try {
      return await poll(controller.signal)
    } finally {
      reply.raw.off('close', abort)
      this.#open.delete(controller)
      if (this.size === 0) this.#allEnded?.()
    }
  }

  /** Resolves when all have ended; aborts the remaining ones after a timeout, and later ones at once. */
  async drain(): Promise<void> {
    if (this.size > 0) {
      const ended = Promise.withResolvers<void>()
      this.#allEnded = ended.resolve
      const timer = setTimeout(() => this.#stop(), drainTimeoutMs)
      await ended.promise
      clearTimeout(timer)
    }
    this.#stop()
  }

  #stop(): void {
    this.#stopped = true
    for (const controller of this.#open) controller.abort()
  }
}
