import { UserBlocked } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Notifications } from '#src/context.ts'
import { applyBlock } from '#src/reading/apply-block.ts'
import type { NotificationsDatabase } from '#src/schema.ts'

export const userBlocked = ({ runtime }: Notifications) =>
  defineSubscriber<NotificationsDatabase>()({
    durable: 'notifications-user-blocked',
    event: UserBlocked,
    handle: ({ event, trx }) => applyBlock(trx, event.data, runtime.clock.now())
  })
