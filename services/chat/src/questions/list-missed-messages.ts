import { ListMissedMessages } from '@belay/contracts'
import { answerer } from '@belay/kit'
import type { Chat } from '#src/context.ts'
import { readConversation } from '#src/conversations/read-conversation.ts'
import { refuseAccount } from '#src/conversations/refuse-account.ts'

export const listMissedMessages = ({ store }: Chat) =>
  answerer(
    ListMissedMessages,
    async ({ user_id: viewerId, conversation_id: conversationId, after_message_id, limit }) => {
      const refusal = await refuseAccount(store.db, viewerId)
      if (refusal !== undefined) return refusal
      const range = { conversationId, viewerId, after: after_message_id, limit }
      const read = await readConversation(store.db, range)
      return read.ok ? { ok: true as const, messages: read.messages, has_more: read.hasMore } : read
    }
  )
