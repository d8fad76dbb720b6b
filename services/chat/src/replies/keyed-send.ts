import type { Message } from '@belay/contracts'
import { answerFor, sendKept } from '@belay/kit'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { KeyedSend, Replayed } from '#src/messages/keyed-sends.ts'

/** The `Idempotency-Key` of a request that sends a message, for the message log; `present` is the body of its 201. */
export function keyedSend(
  { keyedCall: call }: FastifyRequest,
  present: (message: Message) => object
): KeyedSend | undefined {
  const contentType = 'application/json; charset=utf-8'
  return call && { call, answerTo: (message) => ({ status: 201, contentType, body: JSON.stringify(present(message)) }) }
}

/** Sends the answer that was kept with the message, the same to the letter every time. */
export function replyStored(
  request: FastifyRequest,
  reply: FastifyReply,
  send: KeyedSend,
  message: Message
): FastifyReply {
  request.keyedCall = undefined
  return sendKept(reply, send.answerTo(message), false)
}

/**
 * Sends the answer of the same call before.
 * @throws IdempotencyKeyReused when it was another call
 */
export function replyReplayed(request: FastifyRequest, reply: FastifyReply, { replayed }: Replayed): FastifyReply {
  const call = request.keyedCall
  request.keyedCall = undefined
  if (call !== undefined) answerFor(call, [replayed])
  return sendKept(reply, replayed, true)
}
