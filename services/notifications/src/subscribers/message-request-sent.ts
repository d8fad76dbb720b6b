import { MessageRequestSent } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Notifications } from '#src/context.ts'
import * as messageRequest from '#src/notices/message-request.ts'
import { notify } from '#src/notify.ts'
import type { NotificationsDatabase } from '#src/schema.ts'

export const messageRequestSent = (context: Notifications) =>
  defineSubscriber<NotificationsDatabase>()({
    durable: 'notifications-message-request-sent',
    event: MessageRequestSent,
    handle: ({ event, trx }) => notify(trx, context, messageRequest.sent(event))
  })
