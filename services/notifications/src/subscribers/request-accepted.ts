import { RequestAccepted } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Notifications } from '#src/context.ts'
import * as request from '#src/notices/request.ts'
import { notify } from '#src/notify.ts'
import { resolve } from '#src/reading/resolve.ts'
import type { NotificationsDatabase } from '#src/schema.ts'

/** An automatic acceptance was caused by the guest, who has the response already, and the host was not asked. */
export const requestAccepted = (context: Notifications) =>
  defineSubscriber<NotificationsDatabase>()({
    durable: 'notifications-request-accepted',
    event: RequestAccepted,
    async handle({ event, trx }) {
      if (event.data.automatic) return
      await notify(trx, context, request.accepted(event))
      await resolve(trx, request.questionOf(event), context.runtime.clock.now())
    }
  })
