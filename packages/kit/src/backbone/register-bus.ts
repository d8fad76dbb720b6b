import type { Bus } from '@belay/bus'
import type { FastifyInstance } from 'fastify'
import { type BusConfig, connectAppBus } from './connect-app-bus.ts'

/** The bus of a process without a database, closed with the app after its last answer. */
export async function registerBus(app: FastifyInstance, config: BusConfig): Promise<Bus> {
  const bus = await connectAppBus(app, config)
  app.addHook('onClose', () => bus.close())
  return bus
}
