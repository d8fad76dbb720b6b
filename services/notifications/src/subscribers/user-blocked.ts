import { UserBlocked } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Inbox } from '#src/inbox.ts'
import { applyBlock } from '#src/people/apply-block.ts'
import type { NotificationsDatabase } from '#src/schema.ts'

export const userBlocked = ({ runtime }: Inbox) =>
  defineSubscriber<NotificationsDatabase>()({
    durable: 'notifications-user-blocked',
    event: UserBlocked,
    handle: ({ event, trx }) => applyBlock(trx, event.data, runtime.clock.now())
  })
