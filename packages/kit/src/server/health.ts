import type { FastifyInstance } from 'fastify'

/** Resolves while the dependency works; rejects, or never resolves, while it does not. */
export type HealthCheck = () => Promise<unknown>

/** Thrown by a check to show details in `/readyz`, which is public. */
export class NotReady extends Error {
  readonly state: unknown

  constructor(state: unknown) {
    super('not ready')
    this.state = state
  }
}

/** The readiness of a process. */
export interface Health {
  /** Adds a check to `/readyz` under a name. It fails if it takes longer than `timeoutMs` (defaults to 1 s). */
  addCheck(name: string, check: HealthCheck, timeoutMs?: number): void
  /** Returns whether a check passes now; undefined without such a check. */
  passes(name: string): Promise<boolean | undefined>
  /** Makes `/readyz` report that the process is about to stop. */
  drain(): void
}

const checkTimeoutMs = 1_000

interface TimedCheck {
  check: HealthCheck
  timeoutMs: number
}

declare module 'fastify' {
  interface FastifyInstance {
    health: Health
  }
}

/** Decorates `app.health` and serves `/livez` (the event loop runs) and `/readyz` (the process can serve). */
export function installHealth(app: FastifyInstance): void {
  const checks = new Map<string, TimedCheck>()
  let isDraining = false
  app.decorate('health', {
    addCheck: (name: string, check: HealthCheck, timeoutMs = checkTimeoutMs) =>
      void checks.set(name, { check, timeoutMs }),
    passes: async (name: string) => {
      const check = checks.get(name)
      return check && (await runCheck([name, check]))[1] === 'ok'
    },
    drain: () => void (isDraining = true)
  })
  app.addHook('preClose', async () => app.health.drain())
  // Readiness is polled often.
  const route = { config: { auth: 'none' }, schema: { hide: true }, logLevel: 'warn' } as const
  app.get('/livez', route, async () => ({ status: 'ok' }))
  app.get('/readyz', route, async (_request, reply) => {
    const outcome = Object.fromEntries(await Promise.all([...checks].map(runCheck)))
    const isReady = !isDraining && Object.values(outcome).every((state) => state === 'ok')
    const status = isDraining ? 'shutting down' : isReady ? 'ok' : 'unavailable'
    if (!isReady) reply.code(503).header('retry-after', '1')
    return { status, checks: outcome }
  })
}

async function runCheck([name, { check, timeoutMs }]: [string, TimedCheck]): Promise<[string, unknown]> {
  const timeout = Promise.withResolvers<'unavailable'>()
  const timer = setTimeout(() => timeout.resolve('unavailable'), timeoutMs)
  try {
    return [name, await Promise.race([check().then(() => 'ok', stateOf), timeout.promise])]
  } finally {
    clearTimeout(timer)
  }
}

function stateOf(error: unknown): unknown {
  return error instanceof NotReady ? error.state : 'unavailable'
}
