import { ConversationStarted, MessageRequestAccepted, MessageRequestSent } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { People } from '#src/context.ts'
import { insertWrittenTo } from '#src/discovery/written-to.repository.ts'
import { matchByRequest } from '#src/likes/match-by-request.ts'
import type { PeopleDatabase } from '#src/schema.ts'

/** Listed one by one: events of a subscriber that is not listed would be lost silently. */
export const subscribers = ({ clock }: Pick<People, 'clock'>) => [
  defineSubscriber<PeopleDatabase>()({
    durable: 'people-message-request-sent',
    event: MessageRequestSent,
    handle: ({ event: { data }, trx }) => insertWrittenTo(trx, data)
  }),
  defineSubscriber<PeopleDatabase>()({
    durable: 'people-conversation-started',
    event: ConversationStarted,
    handle: ({ event: { data }, trx }) => insertWrittenTo(trx, data)
  }),
  defineSubscriber<PeopleDatabase>()({
    durable: 'people-message-request-accepted',
    event: MessageRequestAccepted,
    handle: ({ event: { data, time }, trx }) =>
      matchByRequest(trx, data, { acceptedAt: new Date(time), now: clock.now() })
  })
]
