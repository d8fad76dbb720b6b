import { RequestSubmitted } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Inbox } from '#src/inbox.ts'
import { notifyOfRequest } from '#src/notifications/notify-of-request.ts'
import { push } from '#src/notifications/notify.ts'
import type { NotificationsDatabase } from '#src/schema.ts'

/** Also of a request that the event accepts by itself: that is how a host hears of the new guest. */
export const requestSubmitted = (inbox: Inbox) =>
  defineSubscriber<NotificationsDatabase>()({
    durable: 'notifications-request-submitted',
    event: RequestSubmitted,
    async handle({ event, trx, afterCommit }) {
      const created = await notifyOfRequest(trx, inbox, { event, type: 'event_request_received', to: 'host' })
      afterCommit(() => push(inbox, created))
    }
  })
