import type { Message } from '@belay/contracts'
import { answerFor, sendKept } from '@belay/kit'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { KeyedSend } from '#src/messages/keyed-sends.ts'
import { type Send, sendMessage } from '#src/messages/send-message.ts'
import type { ToError } from './refusal-errors.ts'

/** How a front door replies to a message that is sent through it. */
export interface SendReplies {
  /** The body of a 201. */
  present: (message: Message) => object
  /** The body of the 200 that a repeated `client_msg_id` gets; throws when the door refuses repeats. */
  presentRepeated: (message: Message) => object
  toError: ToError
}

/**
 * Sends the signed-in user's message and the reply. Of a call with an `Idempotency-Key` the reply is kept together with the
 * message, so every repeat of the call gets the same text.
 * @throws IdempotencyKeyReused when the key came with another call before
 */
export async function replyToSend(
  request: FastifyRequest,
  reply: FastifyReply,
  send: Omit<Send, 'sender_id' | 'keyed'>,
  door: SendReplies
): Promise<FastifyReply> {
  const { user, keyedCall: call } = request
  const { chat } = request.server
  const contentType = 'application/json; charset=utf-8'
  const answerTo = (message: Message) => ({ status: 201, contentType, body: JSON.stringify(door.present(message)) })
  const keyed: KeyedSend | undefined = call && { call, answerTo }

  const outcome = await sendMessage(chat, { ...send, sender_id: user.id, keyed })
  if ('replayed' in outcome) {
    request.keyedCall = undefined
    if (call !== undefined) answerFor(call, [outcome.replayed])
    return sendKept(reply, outcome.replayed, true)
  }
  if (!outcome.ok) throw door.toError(outcome, chat.limit)
  const { message, repeated } = outcome
  if (repeated) return reply.code(200).send(door.presentRepeated(message))
  if (keyed === undefined) return reply.code(201).send(door.present(message))
  request.keyedCall = undefined
  return sendKept(reply, answerTo(message), false)
}
