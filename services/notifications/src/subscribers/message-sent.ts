import { MessageSent } from '@belay/contracts'
import { defineBatchSubscriber } from '@belay/events'
import type { Notifications } from '#src/context.ts'
import type { NotificationsDatabase } from '#src/schema.ts'
import { notifyOfMessages } from '#src/notify-of-messages.ts'

/** The most frequent event: many messages share one transaction. */
export const messageSent = (context: Notifications) =>
  defineBatchSubscriber<NotificationsDatabase>()({
    durable: 'notifications-message-sent',
    event: MessageSent,
    batchMax: 250,
    gatherMs: 200,
    async handleBatch({ events, trx }) {
      await context.presence.settled()
      await notifyOfMessages(trx, context, events)
    }
  })
