import { type Dispatcher, Pool } from 'undici'
import { UpstreamUnavailable } from '#src/errors.ts'
import { isBroken, isNeverSent } from './failures.ts'
import { Replicas } from './replicas.ts'

/** Connections to one replica, each with one request at a time; more requests wait for one. */
const maxConnections = 512
const connectTimeoutMs = 1_000
/** A service may hold a request back for 10 s (a repeated Idempotency-Key); later than this it hangs. */
const answerTimeoutMs = 15_000
/** No new attempt is made after this. */
const retryWindowMs = 1_500
/** Methods without an effect: they may reach a service twice. */
const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** What is passed on of a request. */
export interface UpstreamRequest {
  method: Dispatcher.HttpMethod
  /** Path and query, as the client wrote them. */
  path: string
  headers: Record<string, string | string[] | undefined>
  body: Buffer | null
}

/** One service behind the gateway: kept-alive connections to each of its replicas. */
export class Upstream {
  readonly #replicas: Replicas<Pool>
  readonly #onFailure: (error: unknown) => void

  /** `onFailure` hears of every attempt that failed. */
  constructor(urls: readonly string[], onFailure: (error: unknown) => void) {
    const options = {
      connections: maxConnections,
      connect: { timeout: connectTimeoutMs },
      headersTimeout: answerTimeoutMs,
      bodyTimeout: answerTimeoutMs
    }
    this.#replicas = new Replicas(urls.map((url) => new Pool(new URL(url).origin, options)))
    this.#onFailure = onFailure
  }

  /**
   * Asks one replica, and the next one if the first never got the request, or broke off one without an effect.
   * @throws UpstreamUnavailable when nobody answers
   */
  async request(request: UpstreamRequest): Promise<Dispatcher.ResponseData> {
    const startedAt = performance.now()
    const order = this.#replicas.inTurn(startedAt)
    const isSafe = safeMethods.has(request.method)
    let failure: unknown
    // A safe one gets a second chance with the only replica: its connection may just have been closed as idle.
    for (const pool of isSafe && order.length === 1 ? [...order, ...order] : order) {
      try {
        const answer = await pool.request(request)
        this.#replicas.wake(pool)
        return answer
      } catch (error) {
        failure = error
        this.#onFailure(error)
        if (isNeverSent(error)) this.#replicas.rest(pool, performance.now())
        else if (!isSafe || !isBroken(error)) break
        if (performance.now() - startedAt > retryWindowMs) break
      }
    }
    throw new UpstreamUnavailable({ cause: failure })
  }

  /** Lets requests under way finish, then closes the connections. */
  async close(): Promise<void> {
    await Promise.all(this.#replicas.all.map((pool) => pool.close()))
  }
}
