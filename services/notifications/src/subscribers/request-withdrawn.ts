import { RequestWithdrawn } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Inbox } from '#src/inbox.ts'
import { resolve } from '#src/reading/resolve.ts'
import type { NotificationsDatabase } from '#src/schema.ts'

export const requestWithdrawn = ({ runtime }: Inbox) =>
  defineSubscriber<NotificationsDatabase>()({
    durable: 'notifications-request-withdrawn',
    event: RequestWithdrawn,
    async handle({ event, trx }) {
      const { host_id: userId, request_id: subjectId } = event.data
      await resolve(trx, { userId, type: 'event_request_received', subjectId }, runtime.clock.now())
    }
  })
