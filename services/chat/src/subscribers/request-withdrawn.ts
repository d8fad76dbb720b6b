import { RequestWithdrawn } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Chat } from '#src/chat.ts'
import type { ChatDatabase } from '#src/schema.ts'
import { endRequest } from '#src/threads/event-threads.ts'

export const requestWithdrawn = ({ live, runtime }: Chat) =>
  defineSubscriber<ChatDatabase>()({
    durable: 'chat-request-withdrawn',
    event: RequestWithdrawn,
    async handle({ event, trx, afterCommit }) {
      const { thread_id, guest_id } = event.data
      const { left, said } = await endRequest(trx, runtime, 'WITHDRAWN', event.data)
      afterCommit(() => {
        if (left) live.memberLeft(thread_id, guest_id)
        live.messages(thread_id, said)
      })
    }
  })
