import { UpstreamUnavailable } from '#src/errors.ts'
import { isNeverSent } from '#src/proxy/failures.ts'
import type { Headers } from '#src/proxy/forwarded-headers.ts'
import { Replicas } from '#src/proxy/replicas.ts'
import { askUpgrade, type UpgradeAnswer } from './ask-upgrade.ts'

/** Requests WebSockets from the realtime gateway's replicas. */
export class SocketUpstream {
  readonly #replicas: Replicas<URL>
  readonly #answerTimeoutMs: number

  /** A replica that is silent for longer than `answerTimeoutMs` counts as hanging. */
  constructor(urls: readonly string[], answerTimeoutMs: number) {
    this.#answerTimeoutMs = answerTimeoutMs
    this.#replicas = new Replicas(urls.map((url) => new URL(url)))
  }

  /**
   * Requests a WebSocket from one replica, and from the next one if that one is unavailable.
   * @throws UpstreamUnavailable when no replica responds
   */
  async ask(path: string, headers: Headers): Promise<UpgradeAnswer> {
    let failure: unknown
    for (const replica of this.#replicas.inTurn(performance.now())) {
      try {
        const answer = await askUpgrade(replica, { path, headers, answerTimeoutMs: this.#answerTimeoutMs })
        this.#replicas.wake(replica)
        return answer
      } catch (error) {
        failure = error
        if (!isNeverSent(error)) break
        this.#replicas.rest(replica, performance.now())
      }
    }
    throw new UpstreamUnavailable({ cause: failure })
  }
}
