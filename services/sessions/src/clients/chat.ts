import type { Bus } from '@belay/bus'
import { ListNewestMessages, ListThreadActivity, SummariseThreads } from '@belay/contracts'
import type { Conversations } from '#src/sessions/conversations.ts'

const activityMax = 1_000
const newestMax = 100

/** Asks the chat service, which owns the conversations. While chat does not answer, calls that need it respond with 503. */
export function createChatClient(bus: Bus): Conversations {
  return {
    async listActivity(userId) {
      return (await bus.ask(ListThreadActivity, { user_id: userId, limit: activityMax })).threads
    },
    async summarise(userId, threadIds) {
      return (await bus.ask(SummariseThreads, { user_id: userId, thread_ids: [...threadIds] })).threads
    },
    listNewest: (threadId) => bus.ask(ListNewestMessages, { thread_id: threadId, limit: newestMax })
  }
}
