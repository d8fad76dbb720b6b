import { SessionAccepted } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Chat } from '#src/context.ts'
import type { ChatDatabase } from '#src/schema.ts'
import { applySessionState } from '#src/threads/apply-session-state.ts'

export const sessionAccepted = ({ live, runtime }: Chat) =>
  defineSubscriber<ChatDatabase>()({
    durable: 'chat-session-accepted',
    event: SessionAccepted,
    async handle({ event, trx, afterCommit }) {
      const changed = await applySessionState(trx, event.data, runtime.clock.now())
      if (changed) afterCommit(() => live.session(event.data))
    }
  })
