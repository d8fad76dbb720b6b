import { BuddySessionCancelled } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Notifications } from '#src/context.ts'
import * as buddySession from '#src/notices/buddy-session.ts'
import { notify } from '#src/notify.ts'
import type { NotificationsDatabase } from '#src/schema.ts'

export const buddySessionCancelled = (context: Notifications) =>
  defineSubscriber<NotificationsDatabase>()({
    durable: 'notifications-buddy-session-cancelled',
    event: BuddySessionCancelled,
    handle: ({ event, trx }) => notify(trx, context, buddySession.cancelled(event))
  })
