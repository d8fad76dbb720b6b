import type { Server } from 'node:http'
import { type Instance, instancePath } from '@belay/contracts'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import type { Static } from 'typebox'
import type { Realtime } from '#src/core/realtime.ts'
import type { Admission } from '#src/transports/admission.ts'
import { pathOf } from '#src/transports/request.ts'
import { SocketIoServer, type SocketIoServerOptions } from '#src/transports/socket-io/socket-io-server.ts'
import { SocketServer, type SocketServerOptions } from '#src/transports/websocket/socket-server.ts'

export interface SocketsOptions {
  realtime: Realtime
  admission: Admission
  webSockets: Omit<SocketServerOptions, 'admission' | 'log' | 'newId' | 'realtime'>
  socketIo: Omit<SocketIoServerOptions, 'admission' | 'newId' | 'realtime'>
  drainMs: number
}

const engineIoPath = '/socket.io'

/** Takes the sockets of every transport on the HTTP server, and closes them gently before it stops. */
export default fp<SocketsOptions>(
  async (app, { realtime, admission, webSockets, socketIo, drainMs }) => {
    const shared = { admission, log: app.logger, newId: app.runtime.newId, realtime }
    const sockets = new SocketServer({ ...webSockets, ...shared })
    const clients = new SocketIoServer({ ...socketIo, ...shared })
    app.get(instancePath, async (): Promise<Static<typeof Instance>> => ({ instance_id: realtime.gatewayId }))
    await app.register(serveEngineIo, { clients })
    routeUpgrades(app, { sockets, clients })
    sockets.start()
    app.addHook('preClose', async () => {
      admission.close()
      await realtime.connections.drain(drainMs)
      await Promise.all([sockets.stop(), clients.stop()])
      realtime.stop()
    })
  },
  { name: 'realtime.sockets' }
)

async function serveEngineIo(app: FastifyInstance, { clients }: { clients: SocketIoServer }): Promise<void> {
  app.removeAllContentTypeParsers()
  // Engine.IO reads the bodies itself.
  app.addContentTypeParser('*', (_request, _body, done) => done(null))
  app.route({
    method: ['GET', 'POST'],
    url: engineIoPath,
    handler: async (request, reply) => {
      const refusal = clients.refusal(request.raw)
      if (refusal !== undefined) throw refusal
      reply.hijack()
      clients.request(request.raw, reply.raw)
    }
  })
}

function routeUpgrades(app: FastifyInstance, to: { sockets: SocketServer; clients: SocketIoServer }): void {
  const server: Server = app.server
  server.on('upgrade', (request, stream, head) => {
    const isEngineIo = pathOf(request).replace(/\/$/, '') === engineIoPath
    try {
      if (isEngineIo) to.clients.upgrade(request, stream, head)
      else to.sockets.upgrade(request, stream, head)
    } catch (error) {
      app.logger.error({ err: error }, 'upgrade failed')
      stream.destroy()
    }
  })
}
