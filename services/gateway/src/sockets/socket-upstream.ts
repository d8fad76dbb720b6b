import { UpstreamUnavailable } from '#src/errors.ts'
import { isNeverSent } from '#src/proxy/failures.ts'
import type { Headers } from '#src/proxy/forwarded-headers.ts'
import { Replicas } from '#src/proxy/replicas.ts'
import { askUpgrade, type UpgradeAnswer } from './ask-upgrade.ts'

/** The realtime gateway's replicas, as those who want a WebSocket see them. */
export class SocketUpstream {
  readonly #replicas: Replicas<URL>
  readonly #answerTimeoutMs: number

  /** A replica that is silent for longer than `answerTimeoutMs` hangs. */
  constructor(urls: readonly string[], answerTimeoutMs: number) {
    this.#answerTimeoutMs = answerTimeoutMs
    this.#replicas = new Replicas(urls.map((url) => new URL(url)))
  }

  /**
   * Asks one replica for a WebSocket, and the next one if that one is away.
   * @throws UpstreamUnavailable when nobody answers
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
