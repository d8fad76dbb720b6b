import type { FastifyRequest } from 'fastify'
import type { UpstreamRequest } from './ask.ts'
import { forwardedHeaders } from './forwarded-headers.ts'

/** Returns what a service gets of a client's request. */
export function upstreamRequest(request: FastifyRequest): UpstreamRequest {
  const { method, url: path, body } = request
  const hasBody = Buffer.isBuffer(body) && body.length > 0
  return { method, path, headers: forwardedHeaders(request), body: hasBody ? body : null }
}
