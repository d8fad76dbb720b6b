import type { IncomingMessage } from 'node:http'
import { clientAddress, pathOf } from '#src/transports/request.ts'

/** What a client asked for when it opened a socket. */
export interface Handshake {
  /** The door's parameter in the path. */
  subject: string
  query: URLSearchParams
  /** The access token, from the query, a header or a subprotocol. */
  token: string | undefined
  /** The client's IP address. */
  address: string
}

/** Reads the request of an upgrade. Returns undefined when the path is not the door's. */
export function readHandshake(request: IncomingMessage, path: RegExp): Handshake | undefined {
  const pathname = pathOf(request)
  const subject = path.exec(pathname)?.[1]
  if (subject === undefined) return undefined
  const query = new URLSearchParams(request.url?.slice(pathname.length + 1))
  const token = query.get('token') || bearerOf(request) || offeredTokenOf(request)
  return { subject: copyOf(subject), query, token, address: clientAddress(request) }
}

function bearerOf(request: IncomingMessage): string | undefined {
  return /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
}

/** The subprotocol that carries a token: browsers cannot set headers, and a URL may be written to a log. */
export const tokenProtocol = 'bearer'

/** The token of `Sec-WebSocket-Protocol: bearer, <token>`. */
function offeredTokenOf(request: IncomingMessage): string | undefined {
  const offered = request.headers['sec-websocket-protocol']?.split(',').map((protocol) => protocol.trim()) ?? []
  const place = offered.indexOf(tokenProtocol)
  return place === -1 ? undefined : offered[place + 1]
}

/** A piece of a string keeps the whole alive, here the URL with its token, for as long as the socket lives. */
function copyOf(text: string): string {
  return Buffer.from(text).toString()
}
