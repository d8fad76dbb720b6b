import { RequestAccepted } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Inbox } from '#src/inbox.ts'
import { notifyOfRequest } from '#src/notifications/notify-of-request.ts'
import { push } from '#src/notifications/notify.ts'
import type { NotificationsDatabase } from '#src/schema.ts'

/** Where the event accepts by itself, the guest is who caused it, and has the answer already. */
export const requestAccepted = (inbox: Inbox) =>
  defineSubscriber<NotificationsDatabase>()({
    durable: 'notifications-request-accepted',
    event: RequestAccepted,
    async handle({ event, trx, afterCommit }) {
      if (event.data.automatic) return
      const created = await notifyOfRequest(trx, inbox, { event, type: 'event_request_accepted', to: 'guest' })
      afterCommit(() => push(inbox, created))
    }
  })
