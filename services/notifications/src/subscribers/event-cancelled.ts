import { EventCancelled } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Inbox } from '#src/inbox.ts'
import { notifyOfCancelledEvent } from '#src/notifications/notify-of-event.ts'
import { push } from '#src/notifications/notify.ts'
import { resolveRequestsOf } from '#src/reading/resolve.ts'
import type { NotificationsDatabase } from '#src/schema.ts'

export const eventCancelled = (inbox: Inbox) =>
  defineSubscriber<NotificationsDatabase>()({
    durable: 'notifications-event-cancelled',
    event: EventCancelled,
    async handle({ event, trx, afterCommit }) {
      const { host_id: hostId, event_id: eventId } = event.data
      const created = await notifyOfCancelledEvent(trx, inbox, event)
      await resolveRequestsOf(trx, { hostId, eventId }, inbox.runtime.clock.now())
      afterCommit(() => push(inbox, created))
    }
  })
