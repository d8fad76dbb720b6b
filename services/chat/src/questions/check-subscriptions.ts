import { CheckSubscriptions } from '@belay/contracts'
import { answerer } from '@belay/kit'
import type { Chat } from '#src/context.ts'
import { findEpoch } from '#src/continuity/epoch.repository.ts'
import { listSubscriptionStates } from '#src/threads/threads.repository.ts'

export const checkSubscriptions = ({ store }: Chat) =>
  answerer(CheckSubscriptions, async ({ subscriptions }) => {
    const states = await listSubscriptionStates(store.db, subscriptions)
    const lastSeqs = new Map(states.map((state) => [state.thread_id, state.last_seq ?? 0]))
    return {
      epoch: await findEpoch(store.db),
      threads: [...lastSeqs].map(([thread_id, last_seq]) => ({ thread_id, last_seq })),
      ended: states.flatMap(({ thread_id, user_id, is_member, is_known, is_disabled }) => {
        if (!is_known) return { thread_id, user_id, reason: 'user_not_found' as const }
        if (is_disabled === true) return { thread_id, user_id, reason: 'account_disabled' as const }
        return is_member ? [] : { thread_id, user_id, reason: 'not_a_member' as const }
      })
    }
  })
