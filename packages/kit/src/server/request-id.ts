import type { IncomingMessage } from 'node:http'

const wellFormed = /^[\w.-]{8,128}$/

/** The caller's `X-Request-Id` when it is harmless in logs and headers, else a new one. */
export function requestIdOf(request: IncomingMessage, newId: () => string): string {
  const header = request.headers['x-request-id']
  return typeof header === 'string' && wellFormed.test(header) ? header : newId()
}
