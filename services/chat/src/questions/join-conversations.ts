import { JoinConversations } from '@belay/contracts'
import { answerer } from '@belay/kit'
import { findUser } from '@belay/people-projection'
import type { Chat } from '#src/context.ts'
import { listConversationStates } from '#src/conversations/conversation-list.repository.ts'
import { stampOf } from '#src/messages/append-messages.ts'

export const joinConversations = ({ store }: Chat) =>
  answerer(JoinConversations, async ({ user_id: userId, conversation_ids: ids, limit }) => {
    const user = await findUser(store.db, userId)
    if (user === undefined) return { ok: false, reason: 'user_not_found' } as const
    if (user.disabled) return { ok: false, reason: 'account_disabled' } as const
    const states = await listConversationStates(store.db, { userId, ids, limit })
    const conversations = states.map(({ id: conversation_id, peer_id, last_seq, ...state }) => ({
      conversation_id,
      peer_id,
      last_seq,
      stamp: stampOf(state)
    }))
    return { ok: true, user_name: user.display_name, conversations } as const
  })
