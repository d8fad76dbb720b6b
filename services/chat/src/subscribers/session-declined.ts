import { SessionDeclined } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Chat } from '#src/context.ts'
import type { ChatDatabase } from '#src/schema.ts'
import { applyClosedSession } from '#src/threads/apply-session-state.ts'

export const sessionDeclined = ({ live, runtime }: Chat) =>
  defineSubscriber<ChatDatabase>()({
    durable: 'chat-session-declined',
    event: SessionDeclined,
    async handle({ event, trx, afterCommit }) {
      const closing = await applyClosedSession(trx, event.data, runtime.clock.now())
      afterCommit(() => {
        if (closing) live.messages(event.data.session_id, closing)
        live.session(event.data)
      })
    }
  })
