import { NotReady } from '@belay/kit'
import fp from 'fastify-plugin'
import { request } from 'undici'

/** A service may take a second to check its dependencies; everything together must not take longer than this. */
const timeoutMs = 1_500

export interface ReadinessOptions {
  /** The replicas of each service, by its name. */
  services: Readonly<Record<string, readonly string[]>>
}

/** The gateway is ready when at least one replica of every service is. */
export default fp<ReadinessOptions>(
  async (app, { services }) => {
    for (const [name, urls] of Object.entries(services)) {
      app.health.addCheck(name, () => askAnyReplica(urls), timeoutMs)
    }
  },
  { name: 'gateway.readiness' }
)

async function askAnyReplica(urls: readonly string[]): Promise<void> {
  const answers = await Promise.all(urls.map(askReadiness))
  if (answers.some(({ isReady }) => isReady)) return
  const failed = answers.find(({ checks }) => checks !== undefined)
  throw new NotReady(failed?.checks ?? 'unreachable')
}

interface Readiness {
  isReady: boolean
  /** The results of the service's own checks; undefined if it returned none. */
  checks?: unknown
}

async function askReadiness(url: string): Promise<Readiness> {
  try {
    const { statusCode, body } = await request(new URL('/readyz', url), { signal: AbortSignal.timeout(timeoutMs) })
    const answer: unknown = await body.json()
    if (statusCode === 200) return { isReady: true }
    return {
      isReady: false,
      checks: typeof answer === 'object' && answer !== null && 'checks' in answer ? answer.checks : answer
    }
  } catch {
    return { isReady: false }
  }
}
