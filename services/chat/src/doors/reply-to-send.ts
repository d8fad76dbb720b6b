import type { Message } from '@belay/contracts'
import { answerFor, type Limit, sendKept } from '@belay/kit'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Chat } from '#src/context.ts'
import type { AppendOutcome, LogInput } from '#src/messages/append-messages.ts'
import type { MessageLimits } from '#src/messages/budgets.ts'
import type { KeyedSend, Replayed } from '#src/messages/keyed-sends.ts'
import type { Refusal } from './refusal-errors.ts'

/** How a front door replies to a message that is sent through it. */
export interface SendReplies<Refused = Refusal> {
  /** The body of a 201. */
  present: (message: Message) => object
  /** The body for a repeated `client_msg_id`; throws when the door refuses repeats. */
  presentRepeated: (message: Message) => object
  /** Defaults to 200. */
  repeatedStatus?: 201
  toError: (refusal: Refused, limit?: Limit | null) => Error
  /** The limit that headers of a 429 describe. */
  limit: keyof MessageLimits
}

/** Appends a message; `repeated` means that its `client_msg_id` was sent before, `replayed` that the same call was. */
type Send = (chat: Chat, message: LogInput) => Promise<AppendOutcome | Replayed>

/**
 * Sends the signed-in user's message to a thread and the reply.
 * @throws IdempotencyKeyReused when the key came with another call before
 */
export async function replyToSend(
  request: FastifyRequest,
  reply: FastifyReply,
  message: Omit<LogInput, 'sender_id' | 'keyed'>,
  door: SendReplies,
  send: Send = ({ log }, input) => log.append(input)
): Promise<FastifyReply> {
  const { user, server } = request
  return replyWithOutcome(request, reply, door, (keyed) => send(server.chat, { ...message, sender_id: user.id, keyed }))
}

/**
 * Replies with the outcome of sending. Of a call with an `Idempotency-Key` the reply is kept together with the message, so
 * every repeat of the call gets the same text.
 * @throws IdempotencyKeyReused when the key came with another call before
 */
export async function replyWithOutcome<Refused extends { ok: false }>(
  request: FastifyRequest,
  reply: FastifyReply,
  door: SendReplies<Refused>,
  send: (
    keyed: KeyedSend | undefined
  ) => Promise<{ ok: true; repeated: boolean; message: Message } | Refused | Replayed>
): Promise<FastifyReply> {
  const { keyedCall: call } = request
  const contentType = 'application/json; charset=utf-8'
  const answerTo = (sent: Message) => ({ status: 201, contentType, body: JSON.stringify(door.present(sent)) })
  const keyed: KeyedSend | undefined = call && { call, answerTo }

  const outcome = await send(keyed)
  if ('replayed' in outcome) {
    await request.checkAccount()
    request.keyedCall = undefined
    if (call !== undefined) answerFor(call, [outcome.replayed])
    return sendKept(reply, outcome.replayed, true)
  }
  if (!outcome.ok) throw door.toError(outcome, request.server.chat.limits[door.limit])
  if (outcome.repeated) return reply.code(door.repeatedStatus ?? 200).send(door.presentRepeated(outcome.message))
  if (keyed === undefined) return reply.code(201).send(door.present(outcome.message))
  request.keyedCall = undefined
  return sendKept(reply, answerTo(outcome.message), false)
}
