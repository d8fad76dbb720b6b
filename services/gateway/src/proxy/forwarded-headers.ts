import type { IncomingHttpHeaders } from 'node:http'
import { gatewayHeader } from '@belay/kit'
import type { FastifyRequest } from 'fastify'
import { hopByHop } from './hop-by-hop.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The secret that proves to the services that a call comes from the gateway; may be undefined outside production. */
    gatewaySecret: string | undefined
  }
}

/** Headers by which proxies describe a client or rewrite a URL: never trusted from outside. */
const notFromOutside: ReadonlySet<string> = new Set([
  gatewayHeader,
  'forwarded',
  'x-real-ip',
  'x-client-ip',
  'x-original-url',
  'x-rewrite-url'
])

/** Handled here: the whole body is read, and its length is set from what is sent on. */
const metHere: ReadonlySet<string> = new Set(['content-length', 'expect', 'http2-settings'])

export type Headers = Record<string, string | string[] | undefined>

/** Returns the headers for a service: the client's without hop-by-hop ones, and the caller as the gateway saw it. */
export function forwardedHeaders(request: FastifyRequest): Headers {
  const passed = passedHeaders(request)
  const { gatewaySecret } = request.server
  if (gatewaySecret !== undefined) passed[gatewayHeader] = gatewaySecret
  return passed
}

/** Returns the same for a service in this process, which reads the body itself and needs no proof. */
export function handedOverHeaders(request: FastifyRequest): IncomingHttpHeaders {
  const passed = passedHeaders(request)
  const length = request.headers['content-length']
  return length === undefined ? passed : { ...passed, 'content-length': length }
}

function passedHeaders(request: FastifyRequest): Headers {
  const { headers } = request
  const named = connectionTokens(headers)
  const passed: Headers = {}
  for (const name in headers) {
    if (hopByHop.has(name) || metHere.has(name) || isForged(name) || named.has(name)) continue
    passed[name] = headers[name]
  }
  passed['x-request-id'] = request.id
  passed['x-forwarded-for'] = plain(request.ip)
  passed['x-forwarded-proto'] = request.protocol
  passed['x-forwarded-host'] = request.host
  return passed
}

/** Returns a plain IPv4 address also for a connection to a dual-stack socket. */
function plain(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address
}

function isForged(name: string): boolean {
  return name.startsWith('x-forwarded-') || notFromOutside.has(name)
}

const none: ReadonlySet<string> = new Set()

/** Returns the headers that Connection names: they are for this hop only. */
function connectionTokens({ connection }: IncomingHttpHeaders): ReadonlySet<string> {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return none
  return new Set(connection.split(',').map((token) => token.trim().toLowerCase()))
}
