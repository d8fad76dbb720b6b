import { MessageRequestCancelled } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Notifications } from '#src/context.ts'
import * as messageRequest from '#src/notices/message-request.ts'
import { resolve } from '#src/reading/resolve.ts'
import type { NotificationsDatabase } from '#src/schema.ts'

export const messageRequestCancelled = ({ runtime }: Notifications) =>
  defineSubscriber<NotificationsDatabase>()({
    durable: 'notifications-message-request-cancelled',
    event: MessageRequestCancelled,
    handle: ({ event, trx }) => resolve(trx, messageRequest.questionOf(event), runtime.clock.now())
  })
