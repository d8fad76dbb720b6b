import { EventCancelled } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Notifications } from '#src/context.ts'
import * as gathering from '#src/notices/gathering.ts'
import { notify } from '#src/notify.ts'
import { resolveRequestsOf } from '#src/reading/resolve.ts'
import type { NotificationsDatabase } from '#src/schema.ts'

export const eventCancelled = (context: Notifications) =>
  defineSubscriber<NotificationsDatabase>()({
    durable: 'notifications-event-cancelled',
    event: EventCancelled,
    async handle({ event, trx }) {
      await notify(trx, context, gathering.cancelled(event))
      const { host_id: hostId, event_id: eventId } = event.data
      await resolveRequestsOf(trx, { hostId, eventId }, context.runtime.clock.now())
    }
  })
