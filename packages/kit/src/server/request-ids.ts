import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { RequestLogger } from '../logging/request-logger.ts'

const wellFormed = /^[\w.-]{8,128}$/
const traceparent = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/

/** Responds with the id of every request, and puts its trace id into its log lines. */
export function installRequestIds(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id)
    done()
  })
  app.setChildLoggerFactory((logger, bindings, options, request) => {
    const traceId = traceIdOf(request)
    return new RequestLogger(logger, traceId === undefined ? bindings : { ...bindings, trace_id: traceId }, options)
  })
}

/** Returns the caller's `X-Request-Id` if it is safe in logs and headers, otherwise a new one. */
export function requestIdOf(request: IncomingMessage, newId: () => string): string {
  const header = request.headers['x-request-id']
  return typeof header === 'string' && wellFormed.test(header) ? header : newId()
}

/** Returns the trace id in a W3C `traceparent` header; undefined without a valid one. */
function traceIdOf(request: Pick<IncomingMessage, 'headers'>): string | undefined {
  const header = request.headers.traceparent
  const id = typeof header === 'string' ? traceparent.exec(header)?.[1] : undefined
  return id === '0'.repeat(32) ? undefined : id
}
