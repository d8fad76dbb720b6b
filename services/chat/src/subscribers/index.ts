import {
  BuddySessionCompleted,
  BuddySessionScheduled,
  EventCancelled,
  type EventDefinition,
  type EventOf,
  EventUpdated,
  MatchCreated,
  MatchEnded,
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
import type { Runtime } from '@belay/kit'
import type { Transaction } from 'kysely'
import type { Chat } from '#src/context.ts'
import { applyChanges } from '#src/contexts/apply.ts'
import { completed, scheduled } from '#src/contexts/buddy-session.ts'
import { gatheringCancelled, gatheringUpdated } from '#src/contexts/gathering.ts'
import { requestAccepted, requestEnded } from '#src/contexts/request.ts'
import { session } from '#src/contexts/session.ts'
import type { ThreadChange } from '#src/contexts/thread-change.ts'
import { findPairById } from '#src/conversations/pairs.repository.ts'
import { deleteTag } from '#src/gatherings/gatherings.repository.ts'
import { keepGathering, keepRequest } from '#src/gatherings/keep.ts'
import { beginMatch, endMatch } from '#src/matches/follow-match.ts'
import type { ChatDatabase, RequestRow } from '#src/schema.ts'
import { subscriberOf } from './subscriber-of.ts'
import { peopleSubscribers } from './people.ts'

type DataOf<Definition extends EventDefinition> = EventOf<Definition>['data']

/** Keeps what an event tells of its plan. Resolves to false if a later version is known: then no thread changes. */
type Keep<Data> = (trx: Transaction<ChatDatabase>, data: Data) => Promise<boolean>

/** Keeps what an event says of its plan, and applies what it means for the plan's threads. */
function changing<Data>(changesOf: (data: Data) => ThreadChange[], keep: Keep<Data> = () => Promise.resolve(true)) {
  return async (trx: Transaction<ChatDatabase>, runtime: Runtime, data: Data) =>
    applyChanges(trx, runtime, (await keep(trx, data)) ? changesOf(data) : [])
}

/** Listed one by one: events of a subscriber that is not listed would be lost silently. */
export const subscribers = (chat: Chat) => [
  ...peopleSubscribers(chat),
  ...[
    subscriberOf(MatchCreated, beginMatch),
    subscriberOf(MatchEnded, endMatch),
    subscriberOf(BuddySessionScheduled, changing(scheduled, awaitConversation)),
    subscriberOf(BuddySessionCompleted, changing(completed, awaitConversation)),
    subscriberOf(SessionInvited, changing(session)),
    subscriberOf(SessionAccepted, changing(session)),
    subscriberOf(SessionDeclined, changing(session)),
    subscriberOf(SessionCancelled, changing(session)),
    subscriberOf(SessionCompleted, changing(session)),
    subscriberOf(
      RequestSubmitted,
      changing(() => [], keepRequestAs('SUBMITTED'))
    ),
    subscriberOf(RequestAccepted, changing(requestAccepted, keepRequestAs('ACCEPTED'))),
    subscriberOf(RequestDeclined, changing(requestEnded('declined'), keepRequestAs('DECLINED'))),
    subscriberOf(RequestWithdrawn, changing(requestEnded('withdrawn'), keepRequestAs('WITHDRAWN'))),
    subscriberOf(EventUpdated, changing(gatheringUpdated, keepAlways(keepGathering))),
    subscriberOf(EventCancelled, changing(gatheringCancelled, keepAlways(keepGathering))),
    subscriberOf(
      TagDeleted,
      changing(
        () => [],
        keepAlways((trx, { tag_id }) => deleteTag(trx, tag_id))
      )
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

class UnknownConversation extends Error {
  constructor(id: string) {
    super(`the match of conversation ${id} has not arrived yet`)
    this.name = 'UnknownConversation'
  }
}

/** Throws UnknownConversation, so that the event is retried until the match arrives. */
async function awaitConversation(trx: Transaction<ChatDatabase>, { match_id }: { match_id: string }): Promise<boolean> {
  if ((await findPairById(trx, match_id)) === undefined) throw new UnknownConversation(match_id)
  return true
}
