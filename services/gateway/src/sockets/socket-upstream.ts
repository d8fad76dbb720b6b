import { UpstreamUnavailable } from '#src/errors.ts'
import { isNeverSent } from '#src/proxy/failures.ts'
import type { Headers } from '#src/proxy/forwarded-headers.ts'
import { Replicas } from '#src/proxy/replicas.ts'
import type { UpstreamOptions } from '#src/proxy/upstream.ts'
import { askUpgrade, type UpgradeAnswer } from './ask-upgrade.ts'

/** Requests WebSockets from the realtime gateway's replicas. */
export class SocketUpstream {
  readonly #replicas: Replicas<URL>
  readonly #options: UpstreamOptions

  constructor(options: UpstreamOptions) {
    this.#options = options
    this.#replicas = new Replicas(options.urls.map((url) => new URL(url)))
  }

  /**
   * Requests a WebSocket from one replica, and from the next one if that one is unavailable; or from `only`.
   * @throws UpstreamUnavailable when no replica responds
   */
  async ask(path: string, headers: Headers, only?: URL): Promise<UpgradeAnswer> {
    const { answerTimeoutMs, onFailure } = this.#options
    let failure: unknown
    for (const replica of only === undefined ? this.#replicas.inTurn(performance.now()) : [only]) {
      try {
        const answer = await askUpgrade(replica, { path, headers, answerTimeoutMs })
        this.#replicas.wake(replica)
        return answer
      } catch (error) {
        failure = error
        onFailure(error)
        if (!isNeverSent(error)) break
        this.#replicas.rest(replica, performance.now())
      }
    }
    throw new UpstreamUnavailable({ cause: failure })
  }
}
