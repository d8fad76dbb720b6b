import { RequestAccepted } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Inbox } from '#src/inbox.ts'
import { notifyOfRequest } from '#src/notifications/notify-of-request.ts'
import { push } from '#src/notifications/notify.ts'
import { resolve } from '#src/reading/resolve.ts'
import type { NotificationsDatabase } from '#src/schema.ts'

/** Where the event accepts by itself, the guest is who caused it, and has the answer already; the host was asked nothing. */
export const requestAccepted = (inbox: Inbox) =>
  defineSubscriber<NotificationsDatabase>()({
    durable: 'notifications-request-accepted',
    event: RequestAccepted,
    async handle({ event, trx, afterCommit }) {
      const { automatic, host_id, request_id } = event.data
      if (automatic) return
      const created = await notifyOfRequest(trx, inbox, { event, type: 'event_request_accepted', to: 'guest' })
      await resolve(
        trx,
        { userId: host_id, type: 'event_request_received', subjectId: request_id },
        inbox.runtime.clock.now()
      )
      afterCommit(() => push(inbox, created))
    }
  })
