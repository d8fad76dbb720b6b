import { type DestinationStream, type Logger, pino, stdSerializers, stdTimeFunctions } from 'pino'
import { keepOutages, Outages } from './outages.ts'

/** Pino's numbers of the levels. */
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
 * A JSON logger of one process on standard output. Secrets are cut out, bodies are never given to it, and an outage is one
 * line at its beginning and one at its end.
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

/** Method and path; the query may hold a token. */
function requestOf(request: { method?: string; url?: string }): Record<string, unknown> {
  return { method: request.method, path: request.url?.split('?', 1)[0] }
}

function responseOf(reply: { statusCode: number }): Record<string, unknown> {
  return { status: reply.statusCode }
}

/** Only what an error says on its own: what libraries hang on it (rows, parameters) may be personal. */
function errorOf(error: Error): Record<string, unknown> {
  const { type, message, stack, code } = stdSerializers.err(error)
  return { type, message, code, stack }
}
