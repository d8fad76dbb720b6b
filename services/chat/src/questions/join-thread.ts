import { JoinThread } from '@belay/contracts'
import { answerer } from '@belay/kit'
import { findUser } from '@belay/people-projection'
import type { Chat } from '#src/context.ts'
import { stampOf } from '#src/messages/append-messages.ts'
import { viewThread } from '#src/threads/view-thread.ts'

export const joinThread = (chat: Chat) =>
  answerer(JoinThread, async ({ thread_id, user_id }) => {
    const user = await findUser(chat.store.db, user_id)
    if (user === undefined) return { ok: false, reason: 'user_not_found' } as const
    if (user.disabled) return { ok: false, reason: 'account_disabled' } as const
    const view = await viewThread(chat.store.db, thread_id, user_id)
    if (!view.ok) return view
    const { thread } = view
    return { ok: true, last_seq: thread.last_seq, stamp: stampOf(thread), user_name: user.display_name } as const
  })
