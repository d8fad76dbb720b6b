import { SessionAccepted } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Notifications } from '#src/context.ts'
import * as session from '#src/notices/session.ts'
import { notify } from '#src/notify.ts'
import { resolve } from '#src/reading/resolve.ts'
import type { NotificationsDatabase } from '#src/schema.ts'

export const sessionAccepted = (context: Notifications) =>
  defineSubscriber<NotificationsDatabase>()({
    durable: 'notifications-session-accepted',
    event: SessionAccepted,
    async handle({ event, trx }) {
      await notify(trx, context, session.accepted(event))
      await resolve(trx, session.invitationOf(event), context.runtime.clock.now())
    }
  })
