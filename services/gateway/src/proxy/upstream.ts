import { BadRequest } from '@belay/kit'
import type { Pool } from 'undici'
import { UpstreamUnavailable } from '#src/errors.ts'
import { ask, createPool, type UpstreamAnswer, type UpstreamRequest } from './ask.ts'
import { isBroken, isMalformed, isNeverSent } from './failures.ts'
import { Replicas } from './replicas.ts'

/** No attempt starts after this. */
const retryWindowMs = 1_500
/** How many requests may wait for a service at the same time; more get 503. */
export const maxWaiting = 5_000
/** Safe methods: they may reach a service twice. */
const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

export interface UpstreamOptions {
  urls: readonly string[]
  /** A service that is silent for longer than this counts as hanging. */
  answerTimeoutMs: number
  /** Called for every failed attempt. */
  onFailure: (error: unknown) => void
}

/** One service behind the gateway: kept-alive connections to each of its replicas. */
export class Upstream {
  readonly #replicas: Replicas<Pool>
  readonly #onFailure: (error: unknown) => void
  #waiting = 0

  constructor({ urls, answerTimeoutMs, onFailure }: UpstreamOptions) {
    this.#replicas = new Replicas(urls.map((url) => createPool(url, answerTimeoutMs)))
    this.#onFailure = onFailure
  }

  /**
   * Sends the request to one replica, and to the next one if the first never got it or broke off a safe one.
   * @throws UpstreamUnavailable when no replica responds
   */
  async request(request: UpstreamRequest): Promise<UpstreamAnswer> {
    if (this.#waiting >= maxWaiting) throw new UpstreamUnavailable()
    this.#waiting += 1
    try {
      return await this.#tryReplicas(request)
    } finally {
      this.#waiting -= 1
    }
  }

  /** Lets requests under way finish, then closes the connections. */
  async close(): Promise<void> {
    await Promise.all(this.#replicas.all.map((pool) => pool.close()))
  }

  async #tryReplicas(request: UpstreamRequest): Promise<UpstreamAnswer> {
    const startedAt = performance.now()
    const order = this.#replicas.inTurn(startedAt)
    const isSafe = safeMethods.has(request.method)
    let failure: unknown
    // A safe request is retried even with a single replica: its connection may just have been closed as idle.
    for (const pool of isSafe && order.length === 1 ? [...order, ...order] : order) {
      try {
        const answer = await ask(pool, request)
        this.#replicas.wake(pool)
        return answer
      } catch (error) {
        failure = error
        if (!this.#mayTryNext(pool, error, isSafe) || performance.now() - startedAt > retryWindowMs) break
      }
    }
    throw new UpstreamUnavailable({ cause: failure })
  }

  #mayTryNext(pool: Pool, error: unknown, isSafe: boolean): boolean {
    if (isMalformed(error)) throw new BadRequest({ cause: error })
    this.#onFailure(error)
    if (!isNeverSent(error)) return isSafe && isBroken(error)
    this.#replicas.rest(pool, performance.now())
    return true
  }
}
