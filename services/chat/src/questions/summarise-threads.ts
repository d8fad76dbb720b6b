import { SummariseThreads } from '@belay/contracts'
import { answerer } from '@belay/kit'
import type { Chat } from '#src/context.ts'
import { toMessage } from '#src/messages/message.ts'
import { listSummaries } from '#src/messages/messages.repository.ts'

export const summariseThreads = ({ store }: Chat) =>
  answerer(SummariseThreads, async ({ user_id, thread_ids }) => {
    const summaries = await listSummaries(store.db, user_id, thread_ids)
    return {
      threads: summaries.map((summary) => ({
        ...summary,
        last_message_at: summary.last_message_at?.toISOString() ?? null,
        last_message: summary.last_message && toMessage(summary.last_message)
      }))
    }
  })
