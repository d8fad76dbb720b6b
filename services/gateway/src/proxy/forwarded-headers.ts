import type { IncomingHttpHeaders } from 'node:http'
import { gatewayHeader } from '@belay/kit'
import type { FastifyRequest } from 'fastify'
import { hopByHop } from './hop-by-hop.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** What shows the services that a call comes through here; undefined outside production if there is none. */
    gatewaySecret: string | undefined
  }
}

/** What proxies say of a client, or ask of a server: from outside nobody is believed. */
const notFromOutside: ReadonlySet<string> = new Set([
  gatewayHeader,
  'forwarded',
  'x-real-ip',
  'x-client-ip',
  'x-original-url',
  'x-rewrite-url'
])

/** Met here: the whole body is read, and its length is that of what is sent on. */
const metHere: ReadonlySet<string> = new Set(['content-length', 'expect', 'http2-settings'])

export type Headers = Record<string, string | string[] | undefined>

/** What a service gets to read: the client's headers without hop-by-hop ones, and who called, as the gateway saw it. */
export function forwardedHeaders(request: FastifyRequest): Headers {
  const { headers } = request
  const named = connectionTokens(headers)
  const passed: Headers = {}
  for (const name in headers) {
    if (hopByHop.has(name) || metHere.has(name) || isForged(name) || named.has(name)) continue
    passed[name] = headers[name]
  }
  passed['x-request-id'] = request.id
  const { gatewaySecret } = request.server
  if (gatewaySecret !== undefined) passed[gatewayHeader] = gatewaySecret
  passed['x-forwarded-for'] = plain(request.ip)
  passed['x-forwarded-proto'] = request.protocol
  passed['x-forwarded-host'] = request.host
  return passed
}

/** IPv4 as such also when it came over a socket for both kinds. */
function plain(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address
}

function isForged(name: string): boolean {
  return name.startsWith('x-forwarded-') || notFromOutside.has(name)
}

const none: ReadonlySet<string> = new Set()

/** Headers that Connection names are for this hop alone. */
function connectionTokens({ connection }: IncomingHttpHeaders): ReadonlySet<string> {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return none
  return new Set(connection.split(',').map((token) => token.trim().toLowerCase()))
}
