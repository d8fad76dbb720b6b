import { SessionInvited } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Chat } from '#src/context.ts'
import type { ChatDatabase } from '#src/schema.ts'
import { applySessionState } from '#src/threads/apply-session-state.ts'

export const sessionInvited = ({ live, runtime }: Chat) =>
  defineSubscriber<ChatDatabase>()({
    durable: 'chat-session-invited',
    event: SessionInvited,
    async handle({ event, trx, afterCommit }) {
      const changed = await applySessionState(trx, event.data, runtime.clock.now())
      if (changed) afterCommit(() => live.session(event.data))
    }
  })
