import type { IncomingMessage } from 'node:http'

/** Returns the client's address: our own gateway names it (and removes what others claim), or else it is the peer. */
export function clientAddress({ headers, socket }: IncomingMessage): string {
  const header = headers['x-forwarded-for']
  const forwarded = Array.isArray(header) ? header.at(-1) : header
  return forwarded?.split(',').at(-1)?.trim() || socket.remoteAddress || 'unknown'
}

/** The path without its query, which may hold a token. */
export function pathOf({ url = '' }: IncomingMessage): string {
  const mark = url.indexOf('?')
  return mark === -1 ? url : url.slice(0, mark)
}
