import { RequestDeclined } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Notifications } from '#src/context.ts'
import * as request from '#src/notices/request.ts'
import { notify } from '#src/notify.ts'
import { resolve } from '#src/reading/resolve.ts'
import type { NotificationsDatabase } from '#src/schema.ts'

export const requestDeclined = (context: Notifications) =>
  defineSubscriber<NotificationsDatabase>()({
    durable: 'notifications-request-declined',
    event: RequestDeclined,
    async handle({ event, trx }) {
      await notify(trx, context, request.declined(event))
      await resolve(trx, request.questionOf(event), context.runtime.clock.now())
    }
  })
