import { MatchCreated } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Notifications } from '#src/context.ts'
import * as match from '#src/notices/match.ts'
import { notify } from '#src/notify.ts'
import type { NotificationsDatabase } from '#src/schema.ts'

export const matchCreated = (context: Notifications) =>
  defineSubscriber<NotificationsDatabase>()({
    durable: 'notifications-match-created',
    event: MatchCreated,
    handle: ({ event, trx }) => notify(trx, context, match.created(event))
  })
