import { EventUpdated } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Inbox } from '#src/inbox.ts'
import { notifyOfMovedEvent } from '#src/notifications/notify-of-event.ts'
import { push } from '#src/notifications/notify.ts'
import type { NotificationsDatabase } from '#src/schema.ts'

export const eventUpdated = (inbox: Inbox) =>
  defineSubscriber<NotificationsDatabase>()({
    durable: 'notifications-event-updated',
    event: EventUpdated,
    async handle({ event, trx, afterCommit }) {
      const created = await notifyOfMovedEvent(trx, inbox, event)
      afterCommit(() => push(inbox, created))
    }
  })
