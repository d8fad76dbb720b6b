import type { IncomingMessage } from 'node:http'

/** Where the client is: what our own gateway says (what others say was taken out before), or else who connected. */
export function clientAddress(request: IncomingMessage): string {
  const header = request.headers['x-forwarded-for']
  const forwarded = Array.isArray(header) ? header.at(-1) : header
  return forwarded?.split(',').at(-1)?.trim() || request.socket.remoteAddress || 'unknown'
}
