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
    gatherMs: 30,
    async handleBatch({ events, trx, afterCommit }) {
      await inbox.presence.settled()
      const changed = await notifyOfMessages(trx, inbox, events)
      afterCommit(() => push(inbox, changed))
    }
  })
