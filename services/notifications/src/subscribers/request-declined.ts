import { RequestDeclined } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Inbox } from '#src/inbox.ts'
import { notifyOfRequest } from '#src/notifications/notify-of-request.ts'
import { push } from '#src/notifications/notify.ts'
import { resolve } from '#src/reading/resolve.ts'
import type { NotificationsDatabase } from '#src/schema.ts'

export const requestDeclined = (inbox: Inbox) =>
  defineSubscriber<NotificationsDatabase>()({
    durable: 'notifications-request-declined',
    event: RequestDeclined,
    async handle({ event, trx, afterCommit }) {
      const { host_id, request_id } = event.data
      const created = await notifyOfRequest(trx, inbox, { event, type: 'event_request_declined', to: 'guest' })
      await resolve(
        trx,
        { userId: host_id, type: 'event_request_received', subjectId: request_id },
        inbox.runtime.clock.now()
      )
      afterCommit(() => push(inbox, created))
    }
  })
