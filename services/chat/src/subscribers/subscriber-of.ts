import { durableOf, type EventDefinition, type EventOf } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Runtime } from '@belay/kit'
import type { Transaction } from 'kysely'
import type { Chat } from '#src/context.ts'
import type { SendSignals } from '#src/contexts/apply.ts'
import type { ChatDatabase } from '#src/schema.ts'

/** Applies what an event means; what it returns is called after the commit. */
type Apply<Definition extends EventDefinition> = (
  trx: Transaction<ChatDatabase>,
  runtime: Runtime,
  data: EventOf<Definition>['data']
) => Promise<SendSignals>

/** The subscriber of an event that changes threads. */
export function subscriberOf<Definition extends EventDefinition>(event: Definition, apply: Apply<Definition>) {
  return ({ live, runtime }: Chat) =>
    defineSubscriber<ChatDatabase>()({
      durable: durableOf('chat', event),
      event,
      async handle({ event: { data }, trx, afterCommit }) {
        const send = await apply(trx, runtime, data)
        afterCommit(() => send(live))
      }
    })
}
