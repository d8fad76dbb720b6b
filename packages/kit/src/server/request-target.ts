import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { BadRequest, InvalidInput } from '../errors/common-errors.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** `https://host:port` at which clients reach the system. */
    publicOrigin: string
  }
}

type Fault = 'malformed' | 'not UTF-8'

const faults = new WeakMap<IncomingMessage, Fault>()
const harmless = /^\/[\x21-\x24\x26-\x7e]*$/

/**
 * Returns the path and query of a request for routing, without the origin of an absolute URL (RFC 9112, section 3.2.2). A
 * target that cannot be decoded is made decodable, so that it is routed like any other until `checkTarget` rejects it.
 * (Node's parser rejects non-ASCII bytes.)
 */
export function readTarget(request: IncomingMessage): string {
  const { url = '/' } = request
  if (harmless.test(url)) return url
  const target = originForm(url)
  const fault = faultOf(target)
  if (fault === undefined) return target
  faults.set(request, fault)
  return target.replaceAll('%', '%25')
}

/**
 * @throws BadRequest for a `%` that encodes nothing
 * @throws InvalidInput for percent-encoded bytes that are not UTF-8
 */
export function checkTarget(request: IncomingMessage): void {
  const fault = faults.get(request)
  if (fault === 'malformed') throw new BadRequest()
  if (fault === 'not UTF-8') throw new InvalidInput('The URL must be UTF-8')
}

/** @throws BadRequest for HTTP/1.1 without a Host, which every such request names */
export function checkHost({ headers, httpVersion }: IncomingMessage): void {
  if (headers.host === undefined && httpVersion === '1.1') throw new BadRequest()
}

function originForm(url: string): string {
  if (url === '*') return '/'
  const withoutOrigin = url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, '')
  return withoutOrigin.startsWith('/') ? withoutOrigin : `/${withoutOrigin}`
}

function faultOf(target: string): Fault | undefined {
  if (/%(?![\da-f]{2})/i.test(target)) return 'malformed'
  try {
    decodeURIComponent(target)
    return undefined
  } catch {
    return 'not UTF-8'
  }
}

/** The URL that the client called, at the public origin; used for the links of a page. */
export function requestUrl(request: FastifyRequest): URL {
  // Joined as text: relative to a base, a path that begins with `//` would name another host.
  return new URL(request.server.publicOrigin + request.url)
}
