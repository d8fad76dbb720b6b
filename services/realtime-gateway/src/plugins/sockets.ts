import fp from 'fastify-plugin'
import type { Realtime } from '#src/core/realtime.ts'
import { SocketServer, type SocketServerOptions } from '#src/transports/websocket/socket-server.ts'

/** Takes WebSockets on the HTTP server, and closes them gently before it stops. */
export default fp<Omit<SocketServerOptions, 'log' | 'newId'> & { realtime: Realtime; drainMs: number }>(
  async (app, { drainMs, ...options }) => {
    const sockets = new SocketServer({ ...options, log: app.logger, newId: app.runtime.newId })
    sockets.listen(app.server)
    app.addHook('preClose', async () => {
      await sockets.drain(drainMs)
      options.realtime.stop()
    })
  },
  { name: 'realtime.sockets' }
)
