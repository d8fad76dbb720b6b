import { ThreadRead } from '@belay/contracts'
import { defineBatchSubscriber } from '@belay/events'
import type { Notifications } from '#src/context.ts'
import { readThreads } from '#src/reading/read-threads.ts'
import type { NotificationsDatabase } from '#src/schema.ts'

export const threadRead = ({ runtime }: Notifications) =>
  defineBatchSubscriber<NotificationsDatabase>()({
    durable: 'notifications-thread-read',
    event: ThreadRead,
    batchMax: 250,
    gatherMs: 200,
    async handleBatch({ events, trx }) {
      const marks = events.map(({ data }) => ({
        threadId: data.thread_id,
        userId: data.user_id,
        seq: data.last_read_seq
      }))
      await readThreads(trx, marks, runtime.clock.now())
    }
  })
