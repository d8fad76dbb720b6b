import { RequestSubmitted } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Notifications } from '#src/context.ts'
import * as request from '#src/notices/request.ts'
import { notify } from '#src/notify.ts'
import type { NotificationsDatabase } from '#src/schema.ts'

export const requestSubmitted = (context: Notifications) =>
  defineSubscriber<NotificationsDatabase>()({
    durable: 'notifications-request-submitted',
    event: RequestSubmitted,
    handle: ({ event, trx }) => notify(trx, context, request.submitted(event))
  })
