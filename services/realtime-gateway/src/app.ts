import { randomInt } from 'node:crypto'
import { createServer, createTokenVerifier, limitFrom, registerBus, type Runtime, systemRuntime } from '@belay/kit'
import type { FastifyInstance } from 'fastify'
import { Admission } from './transports/admission.ts'
import { Refusals } from './transports/websocket/refusals.ts'
import type { RealtimeConfig } from './config.ts'
import { createRealtime } from './core/realtime.ts'
import metrics from './plugins/metrics.ts'
import sockets from './plugins/sockets.ts'
import { questions } from './questions/index.ts'
import { createSessionDoor } from './doors/send-buddy/door.ts'
import { createThreadDoor } from './doors/shua/door.ts'
import { createDirectDoor } from './doors/vibesmatch/door.ts'

const randomSteps = 2 ** 32

/** The realtime gateway: sockets, and nothing on disk. */
export async function buildApp(config: RealtimeConfig, runtime: Runtime = systemRuntime): Promise<FastifyInstance> {
  const app = createServer({ service: 'realtime-gateway', config, runtime })
  const bus = await registerBus(app, config)
  const tokens = createTokenVerifier({ bus, config, clock: runtime.clock })
  const realtime = createRealtime({
    bus,
    runtime,
    gatewayId: app.instanceId,
    log: app.logger,
    random: () => randomInt(randomSteps) / randomSteps,
    openTimeoutMs: config.OPEN_TIMEOUT_MS,
    typingLastsMs: config.TYPING_LASTS_MS,
    typingLimit: limitFrom(config, 'LIMIT_TYPING_PER_MINUTE', { name: 'typing', windowSeconds: 60 }),
    checkIntervalMs: config.SUBSCRIPTION_CHECK_MS,
    maxConnectionsPerUser: config.MAX_CONNECTIONS_PER_USER,
    maxPendingSends: config.MAX_PENDING_SENDS
  })
  const refusals = new Refusals({ clock: runtime.clock, openTimeoutMs: config.OPEN_TIMEOUT_MS })
  await app.register(metrics, { realtime })
  const admission = new Admission({
    connections: realtime.connections,
    origins: {
      allowed: new Set(config.CORS_ORIGINS.split(/[\s,]+/).filter(Boolean)),
      allowLocal: config.NODE_ENV !== 'production'
    },
    maxPerAddress: config.MAX_CONNECTIONS_PER_ADDRESS,
    maxOpening: config.MAX_OPENING_CONNECTIONS
  })
  await app.register(sockets, {
    realtime,
    admission,
    webSockets: {
      refusals,
      // In this order: the second one's path matches more.
      doors: [createSessionDoor(realtime, tokens.verify), createThreadDoor(realtime, tokens.verify)],
      maxBufferedBytes: config.MAX_BUFFERED_BYTES,
      heartbeatIntervalMs: config.HEARTBEAT_INTERVAL_MS,
      heartbeatTimeoutMs: config.HEARTBEAT_TIMEOUT_MS
    },
    socketIo: {
      door: createDirectDoor({
        realtime,
        verifyToken: tokens.verify,
        log: app.logger,
        maxWaiting: config.MAX_PENDING_SENDS
      }),
      maxBufferedBytes: config.MAX_BUFFERED_BYTES,
      openTimeoutMs: config.OPEN_TIMEOUT_MS,
      pingIntervalMs: config.HEARTBEAT_INTERVAL_MS,
      pingTimeoutMs: config.PING_TIMEOUT_MS
    },
    drainMs: config.DRAIN_MS
  })
  await Promise.all(questions(realtime).map((question) => question.start(bus)))
  realtime.start()
  return app
}
