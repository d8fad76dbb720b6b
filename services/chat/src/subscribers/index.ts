import {
  EventCancelled,
  type EventDefinition,
  type EventOf,
  EventUpdated,
  durableOf,
  RequestAccepted,
  RequestDeclined,
  RequestSubmitted,
  RequestWithdrawn,
  SessionAccepted,
  SessionCancelled,
  SessionCompleted,
  SessionDeclined,
  SessionInvited,
  TagDeleted
} from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import { accountSubscribers } from '@belay/people-projection'
import type { Transaction } from 'kysely'
import type { Chat } from '#src/context.ts'
import { applyChanges } from '#src/contexts/apply.ts'
import { gatheringCancelled, gatheringUpdated } from '#src/contexts/gathering.ts'
import { requestAccepted, requestEnded } from '#src/contexts/request.ts'
import { session } from '#src/contexts/session.ts'
import type { ThreadChange } from '#src/contexts/thread-change.ts'
import { deleteTag } from '#src/gatherings/gatherings.repository.ts'
import { keepGathering, keepRequest } from '#src/gatherings/keep.ts'
import type { ChatDatabase, RequestRow } from '#src/schema.ts'

type DataOf<Definition extends EventDefinition> = EventOf<Definition>['data']

/** Keeps what an event tells of its plan. Resolves to false if a later version is known: then no thread changes. */
type Keep<Data> = (trx: Transaction<ChatDatabase>, data: Data) => Promise<boolean>

/** Keeps what the event says of its plan, and applies what it means for the plan's threads. */
function subscriberOf<Definition extends EventDefinition>(
  event: Definition,
  changesOf: (data: DataOf<Definition>) => ThreadChange[],
  keep: Keep<DataOf<Definition>> = () => Promise.resolve(true)
) {
  return ({ live, runtime }: Chat) =>
    defineSubscriber<ChatDatabase>()({
      durable: durableOf('chat', event),
      event,
      async handle({ event: { data }, trx, afterCommit }) {
        if (!(await keep(trx, data))) return
        const send = await applyChanges(trx, runtime, changesOf(data))
        afterCommit(() => send(live))
      }
    })
}

/** Listed one by one: events of a subscriber that is not listed would be lost silently. */
export const subscribers = (chat: Chat) => [
  // Conversations end with their plans; of an erased person only the name goes.
  ...accountSubscribers<ChatDatabase>('chat', { keeps: ['profile_photos', 'birthdate'] }),
  ...[
    subscriberOf(SessionInvited, session),
    subscriberOf(SessionAccepted, session),
    subscriberOf(SessionDeclined, session),
    subscriberOf(SessionCancelled, session),
    subscriberOf(SessionCompleted, session),
    subscriberOf(RequestSubmitted, () => [], keepRequestAs('SUBMITTED')),
    subscriberOf(RequestAccepted, requestAccepted, keepRequestAs('ACCEPTED')),
    subscriberOf(RequestDeclined, requestEnded('declined'), keepRequestAs('DECLINED')),
    subscriberOf(RequestWithdrawn, requestEnded('withdrawn'), keepRequestAs('WITHDRAWN')),
    subscriberOf(EventUpdated, gatheringUpdated, keepAlways(keepGathering)),
    subscriberOf(EventCancelled, gatheringCancelled, keepAlways(keepGathering)),
    subscriberOf(
      TagDeleted,
      () => [],
      keepAlways((trx, { tag_id }) => deleteTag(trx, tag_id))
    )
  ].map((subscriber) => subscriber(chat))
]

function keepRequestAs(status: RequestRow['status']): Keep<DataOf<typeof RequestSubmitted>> {
  return (trx, request) => keepRequest(trx, request, status)
}

/** For what has a meaning for threads in whichever order it arrives. */
function keepAlways<Data>(keep: (trx: Transaction<ChatDatabase>, data: Data) => Promise<void>): Keep<Data> {
  return async (trx, data) => {
    await keep(trx, data)
    return true
  }
}
