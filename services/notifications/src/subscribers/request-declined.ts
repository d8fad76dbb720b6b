import { RequestDeclined } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Inbox } from '#src/inbox.ts'
import { notifyOfRequest } from '#src/notifications/notify-of-request.ts'
import { push } from '#src/notifications/notify.ts'
import type { NotificationsDatabase } from '#src/schema.ts'

export const requestDeclined = (inbox: Inbox) =>
  defineSubscriber<NotificationsDatabase>()({
    durable: 'notifications-request-declined',
    event: RequestDeclined,
    async handle({ event, trx, afterCommit }) {
      const created = await notifyOfRequest(trx, inbox, { event, type: 'event_request_declined', to: 'guest' })
      afterCommit(() => push(inbox, created))
    }
  })
