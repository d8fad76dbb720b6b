import { randomInt } from 'node:crypto'
import { createServer, createTokenVerifier, registerBus, type Runtime, systemRuntime } from '@belay/kit'
import type { FastifyInstance } from 'fastify'
import { Refusals } from './transports/websocket/refusals.ts'
import type { RealtimeConfig } from './config.ts'
import { createRealtime } from './core/realtime.ts'
import metrics from './plugins/metrics.ts'
import sockets from './plugins/sockets.ts'
import { questions } from './questions/index.ts'
import { createSessionDoor } from './doors/send-buddy/door.ts'
import { createThreadDoor } from './doors/shua/door.ts'

const randomSteps = 2 ** 32

/** The realtime gateway: sockets, and nothing on disk. */
export async function buildApp(config: RealtimeConfig, runtime: Runtime = systemRuntime): Promise<FastifyInstance> {
  const app = createServer({ service: 'realtime-gateway', config, runtime })
  const bus = await registerBus(app, config)
  const tokens = createTokenVerifier({ bus, config, clock: runtime.clock })
  const realtime = createRealtime({
    bus,
    runtime,
    log: app.logger,
    random: () => randomInt(randomSteps) / randomSteps,
    openTimeoutMs: config.OPEN_TIMEOUT_MS,
    typingLastsMs: config.TYPING_LASTS_MS,
    checkIntervalMs: config.SUBSCRIPTION_CHECK_MS,
    maxConnectionsPerUser: config.MAX_CONNECTIONS_PER_USER,
    maxPendingSends: config.MAX_PENDING_SENDS
  })
  const refusals = new Refusals({ clock: runtime.clock, openTimeoutMs: config.OPEN_TIMEOUT_MS })
  await app.register(metrics, { realtime })
  await app.register(sockets, {
    realtime,
    refusals,
    // In this order: the second one's path matches more.
    doors: [createSessionDoor(realtime, tokens.verify), createThreadDoor(realtime, tokens.verify)],
    origins: {
      allowed: new Set(config.CORS_ORIGINS.split(/[\s,]+/).filter(Boolean)),
      allowLocal: config.NODE_ENV !== 'production'
    },
    maxConnectionsPerAddress: config.MAX_CONNECTIONS_PER_ADDRESS,
    maxOpening: config.MAX_OPENING_CONNECTIONS,
    maxBufferedBytes: config.MAX_BUFFERED_BYTES,
    heartbeatIntervalMs: config.HEARTBEAT_INTERVAL_MS,
    heartbeatTimeoutMs: config.HEARTBEAT_TIMEOUT_MS,
    drainMs: config.DRAIN_MS
  })
  await Promise.all(questions(realtime).map((question) => question.start(bus)))
  realtime.start()
  return app
}
