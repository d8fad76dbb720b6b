import { ListMessagesBetween } from '@belay/contracts'
import { answerer } from '@belay/kit'
import type { Chat } from '#src/context.ts'
import { listMessagesBetween as list } from '#src/conversations/messages-between.repository.ts'
import { toMessage } from '#src/messages/message.ts'

export const listMessagesBetween = ({ store }: Chat) =>
  answerer(ListMessagesBetween, async ({ sender_id: senderId, receiver_id: receiverId, until, limit }) => ({
    messages: (await list(store.db, { senderId, receiverId, until, limit })).map(toMessage)
  }))
