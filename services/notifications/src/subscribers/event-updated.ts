import { EventUpdated } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Notifications } from '#src/context.ts'
import * as gathering from '#src/notices/gathering.ts'
import { notify } from '#src/notify.ts'
import type { NotificationsDatabase } from '#src/schema.ts'

export const eventUpdated = (context: Notifications) =>
  defineSubscriber<NotificationsDatabase>()({
    durable: 'notifications-event-updated',
    event: EventUpdated,
    handle: ({ event, trx }) => notify(trx, context, gathering.updated(event))
  })
