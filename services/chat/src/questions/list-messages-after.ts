import { ListMessagesAfter } from '@belay/contracts'
import { answerer } from '@belay/kit'
import type { Chat } from '#src/context.ts'
import { toMessage } from '#src/messages/message.ts'
import { readLog } from '#src/messages/messages.repository.ts'

export const listMessagesAfter = ({ store }: Chat) =>
  answerer(ListMessagesAfter, async ({ thread_id, after_seq, limit, reader_ids }) => {
    const page = await readLog(store.db, { threadId: thread_id, afterSeq: after_seq, limit, readerIds: reader_ids })
    const { epoch, members_version, last_seq, ended } = page
    return { messages: page.messages.map(toMessage), last_seq, stamp: { epoch, members_version }, ended }
  })
