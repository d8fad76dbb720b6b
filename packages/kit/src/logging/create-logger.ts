import { type FastifyBaseLogger, type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import { type DestinationStream, type Logger, pino, stdSerializers, stdTimeFunctions } from 'pino'
import { keepOutages, Outages } from './outages.ts'

/** Pino's level numbers. */
const warn = 40
const fatal = 60

/** Names whose values never reach a log, at the top and one level down. */
const secretNames = [
  'authorization',
  'cookie',
  '["set-cookie"]',
  'token',
  'access_token',
  'refresh_token',
  'password',
  'secret'
]

function redactedPaths(): string[] {
  return secretNames.flatMap((name) => [
    name,
    name.startsWith('[') ? `*${name}` : `*.${name}`,
    `headers${dotted(name)}`,
    `*.headers${dotted(name)}`
  ])
}

function dotted(name: string): string {
  return name.startsWith('[') ? name : `.${name}`
}

/**
 * A JSON logger of one process on standard output. Secrets are removed, bodies are never logged, and an outage is one line
 * when it begins and one when it ends.
 */
export function createLogger(options: { service: string; level: string }, destination?: DestinationStream): Logger {
  const outages = new Outages()
  const logger: Logger = pino(
    {
      level: options.level,
      base: { service: options.service, pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: redactedPaths(), censor: '[redacted]' },
      serializers: { req: requestOf, res: responseOf, err: errorOf },
      hooks: {
        logMethod(args, method, level) {
          const error = level >= warn && level < fatal ? errorIn(args[0]) : undefined
          if (error === undefined || !outages.take(error, this)) method.apply(this, args)
          else this.debug(...args)
        }
      }
    },
    destination ?? pino.destination({ fd: 1, sync: true })
  )
  keepOutages(logger, outages)
  return logger
}

function errorIn(details: unknown): unknown {
  return typeof details === 'object' && details !== null && 'err' in details ? details.err : undefined
}

/** Method and path; the query may contain a token. */
function requestOf(request: { method?: string; url?: string }): Record<string, unknown> {
  return { method: request.method, path: request.url?.split('?', 1)[0] }
}

function responseOf(reply: { statusCode: number }): Record<string, unknown> {
  return { status: reply.statusCode }
}

/** Only the error's own fields: what libraries attach to it (rows, parameters) may be personal. */
function errorOf(error: Error): Record<string, unknown> {
  const { type, message, stack, code } = stdSerializers.err(error)
  return { type, message, code, stack }
}

/** A slower request is logged. */
const slowMs = 1_000

/**
 * One line per request at most: failures and slow ones at `info`, all others at `debug`, so that the cost of logging is
 * negligible at thousands of requests per second.
 */
export class QuietLogController extends LogController {
  constructor() {
    super({ requestIdLogLabel: 'request_id' })
  }

  override incomingRequest(): void {}

  /** The error handler has already logged the error. */
  override defaultErrorLog(): void {}

  override routeNotFound(): void {}

  override requestCompleted(_error: Error | null | undefined, request: FastifyRequest, reply: FastifyReply): void {
    // An outage has its own line already.
    const isNotable = reply.statusCode !== 503 && (reply.statusCode >= 500 || reply.elapsedTime > slowMs)
    if (!isNotable && request.log.level !== 'debug' && request.log.level !== 'trace') return
    const details = { req: request, res: reply, ms: Math.round(reply.elapsedTime) }
    if (isNotable) request.log.info(details, 'request completed')
    else request.log.debug(details, 'request completed')
  }

  override serviceUnavailable(logger: FastifyBaseLogger): void {
    logger.info('request refused: the process is stopping')
  }
}
