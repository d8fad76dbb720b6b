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
import { believeGatewayAlone } from './gateway-trust.ts'
import { installHealth } from './health.ts'
import { installMetrics } from './metrics.ts'
import { installRequestIds, requestIdOf } from './request-ids.ts'
import { checkHost, checkTarget, readTarget } from './request-target.ts'
import { installSerialization } from './serialization.ts'
import type { ServerConfig } from './server-config.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Name of the process' service. */
    serviceName: string
    runtime: Runtime
    /** The process' own logger; inside a request use `request.log`. */
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
  /** Finds the front door of a path; defaults to the registered ones. */
  doorOf?: (path: string) => Door
  /** Whether `/openapi.json` describes this process' own routes; true by default. */
  openApi?: boolean
  /** Where the log goes, for tests; standard output by default. */
  logger?: Logger
  /** Headers that every answer to a page of this origin carries, also where no hook runs; none by default. */
  answerHeaders?: (origin: string | undefined) => Readonly<Record<string, string>>
  /** Largest body that is taken, 256 KiB by default. */
  bodyLimitBytes?: number
  /**
   * Of the public door: networks whose `X-Forwarded-*` say who really calls, such as `loopback`. Left out, this is a
   * service behind the gateway, which believes the one that shows `GATEWAY_SECRET` and nobody else.
   */
  trustedProxies?: readonly string[]
}

/** Between the client and a service stands the gateway alone; what others say is taken out before. */
const isNearest = (_address: string, hop: number) => hop === 0

/**
 * A Fastify instance with everything a service needs: errors and unknown paths in the dialect of their front door, strict bodies, request and
 * trace ids, quiet logs, `/livez`, `/readyz`, `/metrics` and `/openapi.json`.
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
    // While stopping, requests on open connections are still served, and their connections closed.
    return503OnClosing: false,
    rewriteUrl: readTarget,
    // A path parameter is as long as it is: too long an id is a malformed one.
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 16_384 },
    clientErrorHandler: createClientErrorHandler(clientErrors),
    // No hook runs for these.
    frameworkErrors: (error, request, reply) => void sendError(error, request, reply.header('x-request-id', request.id))
  }).withTypeProvider<TypeBoxTypeProvider>()
  app.server.on('connect', (request: IncomingMessage, socket: Duplex) => refuseConnect(request, socket, clientErrors))
  app.decorate('serviceName', service)
  app.decorate('runtime', runtime)
  app.decorate('publicOrigin', new URL(options.config.PUBLIC_URL).origin)
  app.decorate('logger', logger)
  if (options.trustedProxies === undefined) believeGatewayAlone(app.server, options.config.GATEWAY_SECRET)
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

/** What every request goes through, after the hooks that write headers, and what its answer does. */
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
