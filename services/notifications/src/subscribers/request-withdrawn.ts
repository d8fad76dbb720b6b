import { RequestWithdrawn } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Notifications } from '#src/context.ts'
import * as request from '#src/notices/request.ts'
import { resolve } from '#src/reading/resolve.ts'
import type { NotificationsDatabase } from '#src/schema.ts'

export const requestWithdrawn = ({ runtime }: Notifications) =>
  defineSubscriber<NotificationsDatabase>()({
    durable: 'notifications-request-withdrawn',
    event: RequestWithdrawn,
    handle: ({ event, trx }) => resolve(trx, request.questionOf(event), runtime.clock.now())
  })
