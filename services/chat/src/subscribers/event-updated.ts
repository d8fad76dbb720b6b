import { EventUpdated } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Chat } from '#src/context.ts'
import type { ChatDatabase } from '#src/schema.ts'
import { announceMove } from '#src/threads/announce-move.ts'

export const eventUpdated = ({ live, runtime }: Chat) =>
  defineSubscriber<ChatDatabase>()({
    durable: 'chat-event-updated',
    event: EventUpdated,
    async handle({ event, trx, afterCommit }) {
      const said = await announceMove(trx, runtime, event.data)
      if (said) afterCommit(() => live.messages(event.data.thread_id, said))
    }
  })
