import type { FastifyInstance } from 'fastify'
import { vouchFor } from './gateway-trust.ts'

/** Lets a gateway in the same process hand requests over, from the start of listening to the beginning of the stop. */
export function meetGateway(app: FastifyInstance): void {
  const { neighbours } = app.runtime
  if (neighbours === undefined) return
  const { instanceId, serviceName } = app
  app.addHook('onListen', async () => {
    neighbours.add(serviceName, {
      instanceId,
      request: (request, response) => void app.server.emit('request', vouchFor(request), response),
      upgrade: (request, connection, head) => void app.server.emit('upgrade', vouchFor(request), connection, head)
    })
  })
  app.addHook('preClose', async () => neighbours.remove(serviceName))
}
