import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import { BadRequest } from '@belay/kit'
import { Pool } from 'undici'
import { UpstreamUnavailable } from '#src/errors.ts'
import { isBroken, isMalformed, isNeverSent } from './failures.ts'
import type { Headers } from './forwarded-headers.ts'
import { Replicas } from './replicas.ts'

const connectTimeoutMs = 1_000
/** No attempt starts after this. */
const retryWindowMs = 1_500
/** How many requests may wait for a service at the same time; more get 503. */
const maxWaiting = 5_000
/** A larger response, or one of unknown length, is streamed. */
const wholeUpToBytes = 256 * 1024
/** Safe methods: they may reach a service twice. */
const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** The part of a request that is passed on. */
export interface UpstreamRequest {
  method: string
  /** Path and query, as the client sent them. */
  path: string
  headers: Headers
  body: Buffer | null
}

export interface UpstreamAnswer {
  statusCode: number
  headers: IncomingHttpHeaders
  /** A short response is a Buffer. */
  body: Buffer | Readable
}

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
    const options = {
      connect: { timeout: connectTimeoutMs },
      headersTimeout: answerTimeoutMs,
      bodyTimeout: answerTimeoutMs
    }
    this.#replicas = new Replicas(urls.map((url) => new Pool(new URL(url).origin, options)))
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

/**
 * Short responses are read in full: that costs less than a stream, and a service that dies in the middle of one has not
 * responded.
 */
async function ask(pool: Pool, request: UpstreamRequest): Promise<UpstreamAnswer> {
  const { statusCode, headers, body } = await pool.request(request)
  const length = Number(headers['content-length'] ?? Number.POSITIVE_INFINITY)
  return { statusCode, headers, body: length <= wholeUpToBytes ? Buffer.from(await body.arrayBuffer()) : body }
}
