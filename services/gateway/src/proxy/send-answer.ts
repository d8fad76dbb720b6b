import type { FastifyReply } from 'fastify'
import { copyHeaders } from './copy-headers.ts'
import type { UpstreamAnswer } from './upstream.ts'

/** Passes a service's answer on to the client. */
export function sendAnswer(reply: FastifyReply, { statusCode, headers, body }: UpstreamAnswer): FastifyReply {
  reply.code(statusCode)
  copyHeaders(reply, headers)
  // Without a body, none: not even an empty one, which would need a type.
  return reply.send(Buffer.isBuffer(body) && body.length === 0 ? undefined : body)
}
