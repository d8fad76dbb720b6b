import type { FastifyReply } from 'fastify'
import type { Dispatcher } from 'undici'
import { copyHeaders } from './copy-headers.ts'

/** A larger answer, or one of unknown length, is passed on as it comes. */
const wholeUpToBytes = 256 * 1024

/**
 * Passes an answer on. A short one is read whole first: that costs less, and a service that dies in the middle of it
 * makes a 503 instead of half a document.
 */
export async function sendAnswer(reply: FastifyReply, answer: Dispatcher.ResponseData): Promise<FastifyReply> {
  const { statusCode, headers, body } = answer
  const length = Number(headers['content-length'] ?? Number.POSITIVE_INFINITY)
  const payload = length <= wholeUpToBytes ? wholeOf(await body.arrayBuffer()) : body
  reply.code(statusCode)
  copyHeaders(reply, headers)
  return reply.send(payload)
}

function wholeOf(bytes: ArrayBuffer): Buffer | undefined {
  return bytes.byteLength === 0 ? undefined : Buffer.from(bytes)
}
