import { Instance, instancePath } from '@belay/contracts'
import { BadRequest, createValidator } from '@belay/kit'
import type { Pool } from 'undici'
import { ask, createPool, type UpstreamAnswer, type UpstreamRequest } from '#src/proxy/ask.ts'
import { isMalformed } from '#src/proxy/failures.ts'
import { Instances } from './instances.ts'
import { instanceIdOf } from './session-id.ts'

/** How long a replica may take to name its instance, in milliseconds. */
const instanceTimeoutMs = 1_000
/**
 * How long a poll may be silent, in milliseconds. Engine.IO sends a ping at least every 25 s and gives a session up 20 s
 * later; a connection of a client is closed after 60 s of silence.
 */
const pollTimeoutMs = 55_000

const checkInstance = createValidator(Instance)

/** A process of the realtime gateway. */
export interface Holder {
  url: URL
  pool: Pool
}

export interface SessionsOptions {
  /** Replicas of the realtime gateway; each URL is one process. */
  urls: readonly string[]
  /** A replica that is silent for longer than this counts as hanging. */
  answerTimeoutMs: number
  /** Called for every failed request. */
  onFailure: (error: unknown) => void
}

/** Sends what belongs to an Engine.IO session to the realtime gateway that holds it. */
export class Sessions {
  readonly #holders: readonly Holder[]
  readonly #instances: Instances<Holder>
  readonly #onFailure: (error: unknown) => void

  constructor({ urls, answerTimeoutMs, onFailure }: SessionsOptions) {
    this.#holders = urls.map((url) => ({ url: new URL(url), pool: createPool(url, answerTimeoutMs) }))
    this.#instances = new Instances({ replicas: this.#holders, askId: askInstanceId })
    this.#onFailure = onFailure
  }

  /** Resolves with the replica that holds a session; undefined if there is none. */
  async find(sessionId: string): Promise<Holder | undefined> {
    const instanceId = instanceIdOf(sessionId)
    return instanceId === undefined ? undefined : this.#instances.find(instanceId)
  }

  /**
   * Sends a request once, because neither a poll nor a message may reach a session twice. With a signal it is a poll, which
   * may wait for long. Resolves with undefined when the replica does not respond: the session is lost.
   * @throws BadRequest when the request cannot be written as HTTP
   */
  async request({ pool }: Holder, request: UpstreamRequest): Promise<UpstreamAnswer | undefined> {
    const { signal } = request
    try {
      return await ask(pool, signal === undefined ? request : { ...request, headersTimeout: pollTimeoutMs })
    } catch (error) {
      if (isMalformed(error)) throw new BadRequest({ cause: error })
      if (signal?.aborted !== true) this.#onFailure(error)
      return undefined
    }
  }

  /** Lets requests under way finish, then closes the connections. */
  async close(): Promise<void> {
    await Promise.all(this.#holders.map(({ pool }) => pool.close()))
  }
}

async function askInstanceId({ pool }: Holder): Promise<string> {
  const signal = AbortSignal.timeout(instanceTimeoutMs)
  const { statusCode, body } = await pool.request({ method: 'GET', path: instancePath, signal })
  const checked = checkInstance(await body.json())
  if (statusCode !== 200 || !checked.ok) throw new TypeError('a realtime gateway does not name its instance')
  return checked.value.instance_id
}
