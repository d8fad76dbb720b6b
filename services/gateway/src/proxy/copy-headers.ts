import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyReply } from 'fastify'
import { hopByHop } from './hop-by-hop.ts'

/** Copies a service's headers, except those of its connection with the gateway. */
export function copyHeaders(reply: FastifyReply, headers: IncomingHttpHeaders): void {
  for (const name in headers) {
    const value = headers[name]
    if (value === undefined || hopByHop.has(name)) continue
    // Keep the values that CORS has added.
    const varied = name === 'vary' ? reply.getHeader('vary') : undefined
    reply.header(name, varied === undefined ? value : `${String(varied)}, ${String(value)}`)
  }
}
