import { ThreadMemberLeft } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Notifications } from '#src/context.ts'
import { readThreads } from '#src/reading/read-threads.ts'
import type { NotificationsDatabase } from '#src/schema.ts'

/** A conversation cannot be opened after leaving it, so nothing of it stays unread. */
export const threadMemberLeft = ({ runtime }: Notifications) =>
  defineSubscriber<NotificationsDatabase>()({
    durable: 'notifications-thread-member-left',
    event: ThreadMemberLeft,
    async handle({ event, trx }) {
      const { thread_id: threadId, user_id: userId, last_seq: seq } = event.data
      if (seq !== undefined) await readThreads(trx, [{ threadId, userId, seq }], runtime.clock.now())
    }
  })
