import { MarkMessageRead } from '@belay/contracts'
import { answerer, RateLimited } from '@belay/kit'
import type { Chat } from '#src/context.ts'
import { markMessageRead as mark } from '#src/conversations/mark-message-read.ts'
import { refuseAccount } from '#src/conversations/refuse-account.ts'

export const markMessageRead = (chat: Chat) =>
  answerer(MarkMessageRead, async ({ user_id: userId, message_id: messageId }) => {
    const refusal = await refuseAccount(chat.store.db, userId)
    if (refusal !== undefined) return refusal
    try {
      const marked = await mark(chat, { userId, messageId, limit: chat.limits.socketReads })
      return marked.ok ? { ok: true as const, read_at: marked.readAt.toISOString() } : marked
    } catch (error) {
      if (!(error instanceof RateLimited)) throw error
      const { message: detail, retryAfterSeconds: retry_after_seconds } = error
      return { ok: false as const, reason: 'rate_limited' as const, detail, retry_after_seconds }
    }
  })
