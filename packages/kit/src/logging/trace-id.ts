import type { IncomingMessage } from 'node:http'

const traceparent = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/

/** The trace id in a W3C `traceparent` header; undefined without a valid one. */
export function traceIdOf(request: Pick<IncomingMessage, 'headers'>): string | undefined {
  const header = request.headers.traceparent
  const id = typeof header === 'string' ? traceparent.exec(header)?.[1] : undefined
  return id === '0'.repeat(32) ? undefined : id
}
