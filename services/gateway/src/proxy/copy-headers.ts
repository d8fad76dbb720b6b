import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyReply } from 'fastify'
import { hopByHop } from './hop-by-hop.ts'

/** Passes a service's headers on, but for those of its connection with the gateway. */
export function copyHeaders(reply: FastifyReply, headers: IncomingHttpHeaders): void {
  for (const name in headers) {
    const value = headers[name]
    if (value === undefined || hopByHop.has(name)) continue
    // What CORS has said there still holds.
    const varied = name === 'vary' ? reply.getHeader('vary') : undefined
    reply.header(name, varied === undefined ? value : `${String(varied)}, ${String(value)}`)
  }
}
