import { type QuestionInput, SendDirectMessage } from '@belay/contracts'
import { answerer, NotYetEffective, RateLimited } from '@belay/kit'
import type { Chat } from '#src/context.ts'
import { findPairById } from '#src/conversations/pairs.repository.ts'
import { type DirectRefused, refuseDirect } from '#src/conversations/refusals.ts'
import type { DirectOutcome } from '#src/direct-messages/outcome.ts'
import { sendDirect } from '#src/direct-messages/send-direct.ts'

type Input = QuestionInput<typeof SendDirectMessage>

export const sendDirectMessage = (chat: Chat) =>
  answerer(SendDirectMessage, async (input) => {
    const { commands } = chat.store
    const command = commands.open()
    const outcome = await commands.run(command, () => send(chat, input))
    if (command.unconfirmed.length > 0) throw new NotYetEffective()
    return outcome
  })

async function send(chat: Chat, input: Input): Promise<DirectOutcome> {
  const receiver = await receiverOf(chat, input)
  if (!receiver.ok) return receiver
  const { sender_id: senderId, body, message_type: type, client_msg_id: clientMsgId } = input
  try {
    const message = { senderId, receiverId: receiver.id, body, type, clientMsgId, fromSocket: true }
    const outcome = await sendDirect(chat, message)
    if ('replayed' in outcome) throw new Error('a message without an Idempotency-Key was replayed')
    return outcome
  } catch (error) {
    if (!(error instanceof RateLimited)) throw error
    const { message: detail, retryAfterSeconds: retry_after_seconds } = error
    return { ok: false, reason: 'rate_limited', detail, retry_after_seconds }
  }
}

async function receiverOf(chat: Chat, input: Input): Promise<{ ok: true; id: string } | DirectRefused> {
  const { sender_id: senderId, receiver_id: receiverId, conversation_id: conversationId } = input
  if (conversationId === undefined) {
    return receiverId === undefined ? refuseDirect('no_receiver') : { ok: true, id: receiverId }
  }
  const pair = await findPairById(chat.store.db, conversationId)
  if (pair === undefined || pair.status === null) return refuseDirect('conversation_not_found')
  const { userIds } = pair
  if (!userIds.includes(senderId)) return refuseDirect('not_in_conversation')
  const id = userIds[0] === senderId ? userIds[1] : userIds[0]
  return receiverId === undefined || receiverId === id ? { ok: true, id } : refuseDirect('not_their_conversation')
}
