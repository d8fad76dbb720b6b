import type { FastifyInstance } from 'fastify'

/** How often connections that have become idle are closed while the process stops. */
const everyMs = 50

/**
 * Closing waits for open connections, and a client keeps its own open after the last answer: those are hung up on as
 * soon as nothing runs on them.
 */
export function installClosing(app: FastifyInstance): void {
  let timer: NodeJS.Timeout | undefined
  app.addHook('preClose', async () => {
    timer = setInterval(() => app.server.closeIdleConnections(), everyMs)
  })
  app.addHook('onClose', async () => clearInterval(timer))
}
