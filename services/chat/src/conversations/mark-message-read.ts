import { consumeLimit, type Limit } from '@belay/kit'
import { type ReadingRefused, readingRefusal, refuseReading } from './reading-refusals.ts'
import type { Chat } from '#src/context.ts'
import { moveMark, signalMark } from '#src/read-marks/mark-read.ts'
import { findDirectMessage, giveReceipt } from '#src/read-marks/receipts.repository.ts'

/**
 * Marks a message of a direct conversation, and everything before it, as read by its receiver. Resolves to when the
 * receiver first read it.
 * @throws RateLimited when `limit` is used up; only marks that succeed count
 */
export async function markMessageRead(
  chat: Chat,
  { userId, messageId, limit = null }: { userId: string; messageId: string; limit?: Limit | null }
): Promise<{ ok: true; readAt: Date } | ReadingRefused> {
  const message = await findDirectMessage(chat.store.db, messageId)
  if (message === undefined) return refuseReading('message_not_found')
  const refusal = readingRefusal(message, userId)
  if (refusal !== undefined) return refusal
  if (message.sender_id === userId) return refuseReading('own_message')

  const now = chat.runtime.clock.now()
  const { thread_id: threadId, seq } = message
  const mark = { threadId, userId, lastReadSeq: seq }
  const marked = await chat.store.transaction(async (trx) => {
    const moved = await moveMark(trx, mark, { now })
    if (moved === undefined) return undefined
    await consumeLimit(trx, { subject: userId, limit, now })
    return { ...moved, readAt: await giveReceipt(trx, { threadId, userId, seq, upToSeq: moved.last_read_seq, now }) }
  })
  // A block took the conversation from both since it was looked at.
  if (marked === undefined) return refuseReading('user_blocked')
  signalMark(chat, mark, marked)
  return { ok: true, readAt: marked.readAt }
}
