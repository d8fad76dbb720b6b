import type { FastifyInstance } from 'fastify'

/** Resolves while all is well, rejects (or never resolves) while it is not. */
export type HealthCheck = () => Promise<unknown>

/** What a process needs to be of use. */
export interface Health {
  /** Adds a check to `/readyz`, under the name that its answer carries. */
  addCheck(name: string, check: HealthCheck): void
  /** From now on the process says that it is not ready: it is about to stop. */
  drain(): void
}

/** A check that takes longer counts as failed. */
const checkTimeoutMs = 1_000

declare module 'fastify' {
  interface FastifyInstance {
    health: Health
  }
}

/** Decorates `app.health` and answers `/livez` (the process turns) and `/readyz` (it can serve). */
export function installHealth(app: FastifyInstance): void {
  const checks = new Map<string, HealthCheck>()
  let isDraining = false
  app.decorate('health', {
    addCheck: (name: string, check: HealthCheck) => void checks.set(name, check),
    drain: () => void (isDraining = true)
  })
  app.addHook('preClose', async () => app.health.drain())
  const route = { config: { auth: 'none' }, schema: { hide: true } } as const
  app.get('/livez', route, async () => ({ status: 'ok' }))
  app.get('/readyz', route, async (_request, reply) => {
    const outcome = Object.fromEntries(await Promise.all([...checks].map(runCheck)))
    const isReady = !isDraining && Object.values(outcome).every((state) => state === 'ok')
    const status = isDraining ? 'shutting down' : isReady ? 'ok' : 'unavailable'
    if (!isReady) reply.code(503).header('retry-after', '1')
    return { status, checks: outcome }
  })
}

async function runCheck([name, check]: [string, HealthCheck]): Promise<[string, 'ok' | 'unavailable']> {
  const timeout = Promise.withResolvers<'unavailable'>()
  const timer = setTimeout(() => timeout.resolve('unavailable'), checkTimeoutMs)
  try {
    const passed = check().then(() => 'ok' as const, () => 'unavailable' as const)
    return [name, await Promise.race([passed, timeout.promise])]
  } finally {
    clearTimeout(timer)
  }
}
