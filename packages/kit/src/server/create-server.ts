import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type Door, doorOf } from '@belay/contracts'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import {
  fastify,
  type FastifyBaseLogger,
  type FastifyInstance,
  type RawReplyDefaultExpression,
  type RawRequestDefaultExpression,
  type RawServerDefault
} from 'fastify'
import type { Logger } from 'pino'
import { createErrorSender, installErrorHandling } from '../errors/error-handling.ts'
import { createLogger, QuietLogController } from '../logging/create-logger.ts'
import { outagesOf } from '../logging/outages.ts'
import { installOpenApi } from '../openapi/openapi.ts'
import { type Runtime, systemRuntime } from '../runtime.ts'
import { installValidation } from '../validation/validation.ts'
import { bodyLimitBytes, installBodyParsing } from './bodies.ts'
import { createClientErrorHandler, refuseConnect } from './client-errors.ts'
import { connectionLimits, installClosing } from './connections.ts'
import { checkExpectation, installEarlyAnswers, installExpectations } from './early-answers.ts'
import { trustOnlyGateway } from './gateway-trust.ts'
import { installHealth } from './health.ts'
import { meetGateway } from './meet-gateway.ts'
import { installMetrics } from './metrics.ts'
import { installRequestIds, requestIdOf } from './request-ids.ts'
import { checkHost, checkTarget, readTarget } from './request-target.ts'
import { installSerialization } from './serialization.ts'
import type { ServerConfig } from './server-config.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The name of the process's service. */
    serviceName: string
    /** Names this run of the service. */
    instanceId: string
    runtime: Runtime
    /** The process's own logger; inside a request use `request.log`. */
    logger: Logger
  }
}

/** A Fastify instance whose routes are typed by their TypeBox schemas. */
export type Server = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

export interface ServerOptions {
  service: string
  config: Pick<ServerConfig, 'LOG_LEVEL' | 'PUBLIC_URL'> & Partial<Pick<ServerConfig, 'GATEWAY_SECRET'>>
  runtime?: Runtime
  /** Returns the front door of a path. Defaults to the registered ones. */
  doorOf?: (path: string) => Door
  /** Whether `/openapi.json` describes this process's own routes. Defaults to true. */
  openApi?: boolean
  /** Where the log is written, for tests. Defaults to standard output. */
  logger?: Logger
  /** Returns the headers of every response to a page of this origin, also where no hook runs. Defaults to none. */
  answerHeaders?: (origin: string | undefined) => Readonly<Record<string, string>>
  /** The largest body that is accepted. Defaults to 256 KiB. */
  bodyLimitBytes?: number
  /**
   * For the gateway: networks whose `X-Forwarded-*` headers are trusted, such as `loopback`. Without it, this is a service
   * behind the gateway, which trusts only calls that carry `GATEWAY_SECRET`.
   */
  trustedProxies?: readonly string[]
}

/** Only the gateway is between the client and a service; headers from anyone else are removed before. */
const isNearest = (_address: string, hop: number) => hop === 0

/**
 * A Fastify instance with everything a service needs: errors and unknown paths in the dialect of their front door, strict
 * bodies, request and trace ids, quiet logs, `/livez`, `/readyz`, `/metrics` and `/openapi.json`.
 */
export function createServer(options: ServerOptions): Server {
  const { service, runtime = systemRuntime } = options
  const logger = options.logger ?? createLogger({ service, level: options.config.LOG_LEVEL })
  const findDoor = options.doorOf ?? doorOf
  const sendError = createErrorSender(findDoor)
  const clientErrors = { doorOf: findDoor, newId: runtime.newId, answerHeaders: options.answerHeaders ?? noHeaders }
  const loggerInstance: FastifyBaseLogger = logger
  const app = fastify({
    ...connectionLimits,
    loggerInstance,
    logController: new QuietLogController(),
    genReqId: (request) => requestIdOf(request, runtime.newId),
    requestIdHeader: false,
    trustProxy: options.trustedProxies === undefined ? isNearest : [...options.trustedProxies],
    // While stopping, requests on open connections are still served, then their connections are closed.
    return503OnClosing: false,
    rewriteUrl: readTarget,
    // Path parameters have no length limit: an id that is too long is reported as malformed.
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 16_384 },
    clientErrorHandler: createClientErrorHandler(clientErrors),
    // No hooks run for these.
    frameworkErrors: (error, request, reply) => void sendError(error, request, reply.header('x-request-id', request.id))
  }).withTypeProvider<TypeBoxTypeProvider>()
  app.server.on('connect', (request: IncomingMessage, socket: Duplex) => refuseConnect(request, socket, clientErrors))
  app.decorate('serviceName', service)
  app.decorate('instanceId', runtime.newId())
  app.decorate('runtime', runtime)
  app.decorate('publicOrigin', new URL(options.config.PUBLIC_URL).origin)
  app.decorate('logger', logger)
  if (options.trustedProxies === undefined) {
    trustOnlyGateway(app.server, options.config.GATEWAY_SECRET)
    meetGateway(app)
  }
  installRequestIds(app)
  installClosing(app)
  installErrorHandling(app, sendError)
  installRequestChecks(app, options.bodyLimitBytes ?? bodyLimitBytes)
  installValidation(app)
  installSerialization(app)
  if (options.openApi !== false) installOpenApi(app, service, findDoor)
  installHealth(app)
  outagesOf(logger)?.watch((dependency) => app.health.passes(dependency))
  installMetrics(app, service)
  return app
}

/** Registers the hooks of every request and response, after those that write headers. */
function installRequestChecks(app: Server, limitBytes: number): void {
  installExpectations(app, limitBytes)
  installEarlyAnswers(app)
  installBodyParsing(app, limitBytes)
  app.addHook('preParsing', async ({ raw }) => {
    checkTarget(raw)
    checkExpectation(raw)
    checkHost(raw)
  })
}

function noHeaders(): Readonly<Record<string, string>> {
  return {}
}
