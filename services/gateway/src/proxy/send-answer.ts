import type { FastifyReply } from 'fastify'
import { copyHeaders } from './copy-headers.ts'
import type { UpstreamAnswer } from './ask.ts'

/** Sends a service's response to the client. */
export function sendAnswer(reply: FastifyReply, { statusCode, headers, body }: UpstreamAnswer): FastifyReply {
  reply.code(statusCode)
  copyHeaders(reply, headers)
  // No body at all, because an empty one would need a content type.
  return reply.send(Buffer.isBuffer(body) && body.length === 0 ? undefined : body)
}
