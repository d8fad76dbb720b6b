import type { IncomingMessage } from 'node:http'

/**
 * Where the client is: the last entry of X-Forwarded-For, which is the one that our own gateway wrote. Whatever comes
 * before it the client may have made up.
 */
export function clientAddress(request: IncomingMessage): string {
  const header = request.headers['x-forwarded-for']
  const forwarded = Array.isArray(header) ? header.at(-1) : header
  return forwarded?.split(',').at(-1)?.trim() || request.socket.remoteAddress || 'unknown'
}
