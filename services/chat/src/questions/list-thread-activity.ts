import { ListThreadActivity } from '@belay/contracts'
import { answerer } from '@belay/kit'
import type { Chat } from '#src/context.ts'
import { listActivity } from '#src/threads/threads.repository.ts'

export const listThreadActivity = ({ store }: Chat) =>
  answerer(ListThreadActivity, async ({ user_id, limit }) => {
    const threads = await listActivity(store.db, user_id, limit)
    return { threads: threads.map((thread) => ({ ...thread, last_message_at: thread.last_message_at.toISOString() })) }
  })
