import { MessageRequestDeclined } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Notifications } from '#src/context.ts'
import * as messageRequest from '#src/notices/message-request.ts'
import { resolve } from '#src/reading/resolve.ts'
import type { NotificationsDatabase } from '#src/schema.ts'

export const messageRequestDeclined = ({ runtime }: Notifications) =>
  defineSubscriber<NotificationsDatabase>()({
    durable: 'notifications-message-request-declined',
    event: MessageRequestDeclined,
    handle: ({ event, trx }) => resolve(trx, messageRequest.questionOf(event), runtime.clock.now())
  })
