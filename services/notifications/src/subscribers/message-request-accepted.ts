import { MessageRequestAccepted } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Notifications } from '#src/context.ts'
import * as messageRequest from '#src/notices/message-request.ts'
import { notify } from '#src/notify.ts'
import { resolve } from '#src/reading/resolve.ts'
import type { NotificationsDatabase } from '#src/schema.ts'

export const messageRequestAccepted = (context: Notifications) =>
  defineSubscriber<NotificationsDatabase>()({
    durable: 'notifications-message-request-accepted',
    event: MessageRequestAccepted,
    async handle({ event, trx }) {
      await notify(trx, context, messageRequest.accepted(event))
      await resolve(trx, messageRequest.questionOf(event), context.runtime.clock.now())
    }
  })
