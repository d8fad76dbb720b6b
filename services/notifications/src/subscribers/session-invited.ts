import { SessionInvited } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Notifications } from '#src/context.ts'
import * as session from '#src/notices/session.ts'
import { notify } from '#src/notify.ts'
import type { NotificationsDatabase } from '#src/schema.ts'

export const sessionInvited = (context: Notifications) =>
  defineSubscriber<NotificationsDatabase>()({
    durable: 'notifications-session-invited',
    event: SessionInvited,
    handle: ({ event, trx }) => notify(trx, context, session.invited(event))
  })
