import { ListNewestMessages } from '@belay/contracts'
import { answerer } from '@belay/kit'
import type { Chat } from '#src/context.ts'
import { findEpoch } from '#src/continuity/epoch.repository.ts'
import { toMessage } from '#src/messages/message.ts'
import { readRange } from '#src/messages/messages.repository.ts'

export const listNewestMessages = ({ store }: Chat) =>
  answerer(ListNewestMessages, async ({ thread_id, limit }) => {
    const epoch = await findEpoch(store.db)
    const messages = (await readRange(store.db, thread_id, { limit })).map(toMessage)
    return { messages, last_message_at: messages.at(-1)?.created_at ?? null, epoch }
  })
