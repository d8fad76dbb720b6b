import { BuddySessionScheduled } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Notifications } from '#src/context.ts'
import * as buddySession from '#src/notices/buddy-session.ts'
import { notify } from '#src/notify.ts'
import type { NotificationsDatabase } from '#src/schema.ts'

export const buddySessionScheduled = (context: Notifications) =>
  defineSubscriber<NotificationsDatabase>()({
    durable: 'notifications-buddy-session-scheduled',
    event: BuddySessionScheduled,
    handle: ({ event, trx }) => notify(trx, context, buddySession.scheduled(event))
  })
