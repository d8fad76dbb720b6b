import {
  EventCancelled,
  type EventDefinition,
  type EventOf,
  EventUpdated,
  durableOf,
  RequestAccepted,
  RequestDeclined,
  RequestWithdrawn,
  SessionAccepted,
  SessionCancelled,
  SessionCompleted,
  SessionDeclined,
  SessionInvited
} from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Transaction } from 'kysely'
import type { Chat } from '#src/context.ts'
import { applyChanges } from '#src/contexts/apply.ts'
import { gatheringCancelled, gatheringUpdated } from '#src/contexts/gathering.ts'
import { requestAccepted, requestEnded } from '#src/contexts/request.ts'
import { upsertRequest } from '#src/contexts/requests.repository.ts'
import { session } from '#src/contexts/session.ts'
import type { ThreadChange } from '#src/contexts/thread-change.ts'
import type { ChatDatabase, RequestRow } from '#src/schema.ts'
import { userDeleted } from './user-deleted.ts'
import { userRegistered } from './user-registered.ts'
import { userUpdated } from './user-updated.ts'

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
  userRegistered,
  userUpdated,
  userDeleted,
  ...[
    subscriberOf(SessionInvited, session),
    subscriberOf(SessionAccepted, session),
    subscriberOf(SessionDeclined, session),
    subscriberOf(SessionCancelled, session),
    subscriberOf(SessionCompleted, session),
    subscriberOf(RequestAccepted, requestAccepted, keepRequest('ACCEPTED')),
    subscriberOf(RequestDeclined, requestEnded('declined'), keepRequest('DECLINED')),
    subscriberOf(RequestWithdrawn, requestEnded('withdrawn'), keepRequest('WITHDRAWN')),
    subscriberOf(EventUpdated, gatheringUpdated),
    subscriberOf(EventCancelled, gatheringCancelled)
  ].map((subscriber) => subscriber(chat))
]

function keepRequest(status: RequestRow['status']): Keep<DataOf<typeof RequestDeclined>> {
  return (trx, { request_id: id, version }) => upsertRequest(trx, { id, status, version })
}
