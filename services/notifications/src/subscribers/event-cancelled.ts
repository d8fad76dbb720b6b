import { EventCancelled } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Inbox } from '#src/inbox.ts'
import { notifyOfCancelledEvent } from '#src/notifications/notify-of-cancelled-event.ts'
import { push } from '#src/notifications/notify.ts'
import type { NotificationsDatabase } from '#src/schema.ts'

export const eventCancelled = (inbox: Inbox) =>
  defineSubscriber<NotificationsDatabase>()({
    durable: 'notifications-event-cancelled',
    event: EventCancelled,
    async handle({ event, trx, afterCommit }) {
      const created = await notifyOfCancelledEvent(trx, inbox, event)
      afterCommit(() => push(inbox, created))
    }
  })
