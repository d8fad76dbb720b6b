import { EventCancelled } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Chat } from '#src/context.ts'
import type { ChatDatabase } from '#src/schema.ts'
import { closeEvent } from '#src/threads/event-threads.ts'

export const eventCancelled = ({ runtime }: Chat) =>
  defineSubscriber<ChatDatabase>()({
    durable: 'chat-event-cancelled',
    event: EventCancelled,
    handle: ({ event, trx }) => closeEvent(trx, runtime, event.data)
  })
