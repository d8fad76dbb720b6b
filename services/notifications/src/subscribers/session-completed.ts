import { SessionCompleted } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Notifications } from '#src/context.ts'
import * as session from '#src/notices/session.ts'
import { notify } from '#src/notify.ts'
import { resolve } from '#src/reading/resolve.ts'
import type { NotificationsDatabase } from '#src/schema.ts'

export const sessionCompleted = (context: Notifications) =>
  defineSubscriber<NotificationsDatabase>()({
    durable: 'notifications-session-completed',
    event: SessionCompleted,
    async handle({ event, trx }) {
      await notify(trx, context, session.completed(event))
      await resolve(trx, session.invitationOf(event), context.runtime.clock.now())
    }
  })
