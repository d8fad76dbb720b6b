import { MessageSent } from '@belay/contracts'
import { defineBatchSubscriber } from '@belay/events'
import type { Inbox } from '#src/inbox.ts'
import { notifyOfMessages } from '#src/notifications/notify-of-messages.ts'
import { push } from '#src/notifications/notify.ts'
import type { NotificationsDatabase } from '#src/schema.ts'

/** The busiest event there is: many messages share one transaction. */
export const messageSent = (inbox: Inbox) =>
  defineBatchSubscriber<NotificationsDatabase>()({
    durable: 'notifications-message-sent',
    event: MessageSent,
    batchMax: 250,
    async handleBatch({ events, trx, afterCommit }) {
      const changed = await notifyOfMessages(trx, inbox, events)
      afterCommit(() => push(inbox, changed))
    }
  })
