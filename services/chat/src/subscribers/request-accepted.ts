import { RequestAccepted } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Chat } from '#src/context.ts'
import type { ChatDatabase } from '#src/schema.ts'
import { admitGuest } from '#src/threads/event-threads.ts'

export const requestAccepted = ({ live, runtime }: Chat) =>
  defineSubscriber<ChatDatabase>()({
    durable: 'chat-request-accepted',
    event: RequestAccepted,
    async handle({ event, trx, afterCommit }) {
      const said = await admitGuest(trx, runtime, event.data)
      if (said) afterCommit(() => live.messages(event.data.thread_id, said))
    }
  })
