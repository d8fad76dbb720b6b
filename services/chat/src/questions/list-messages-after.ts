import { ListMessagesAfter } from '@belay/contracts'
import { answerer } from '@belay/kit'
import type { Chat } from '#src/chat.ts'
import { toMessage } from '#src/messages/message.ts'
import { listMessages } from '#src/messages/messages.repository.ts'
import { findLastSeq } from '#src/threads/threads.repository.ts'

export const listMessagesAfter = ({ store }: Chat) =>
  answerer(ListMessagesAfter, async ({ thread_id, after_seq, limit }) => {
    const lastSeq = await findLastSeq(store.db, thread_id)
    const messages = await listMessages(store.db, thread_id, { after: after_seq, limit })
    return { messages: messages.map(toMessage), last_seq: lastSeq ?? 0 }
  })
