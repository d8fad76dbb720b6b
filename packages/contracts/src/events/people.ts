import { Type } from 'typebox'
import { Account, ReportReason } from '../people.ts'
import { Id, Timestamp } from '../text.ts'
import { defineEvent } from './define-event.ts'

const everyone = ['sessions', 'chat', 'notifications'] as const
const whoKeepsBlocks = ['sessions', 'chat', 'notifications'] as const

export const UserRegistered = defineEvent({
  source: 'people',
  entity: 'user',
  verb: 'registered',
  version: 1,
  description: 'An account was created; `data` is the whole account as other services store it.',
  data: Account,
  appliedBy: everyone
})

export const UserUpdated = defineEvent({
  source: 'people',
  entity: 'user',
  verb: 'updated',
  version: 1,
  description: 'A profile, tier or disabled flag changed; `data` is the whole account.',
  data: Account,
  appliedBy: everyone
})

export const UserDeleted = defineEvent({
  source: 'people',
  entity: 'user',
  verb: 'deleted',
  version: 1,
  description: 'An account was erased; every service deletes what it stored about the person.',
  data: Type.Object({ id: Id, version: Type.Integer({ minimum: 1 }) }),
  appliedBy: everyone
})

const Block = Type.Object({
  blocker_id: Id,
  blocked_id: Id,
  version: Type.Integer({ minimum: 1, description: 'Grows with every block and unblock of this pair.' })
})

export const UserBlocked = defineEvent({
  source: 'people',
  entity: 'user',
  verb: 'blocked',
  version: 1,
  description: 'One person blocked another; everything open between the two is cancelled.',
  data: Block,
  appliedBy: whoKeepsBlocks
})

export const UserUnblocked = defineEvent({
  source: 'people',
  entity: 'user',
  verb: 'unblocked',
  version: 1,
  description: 'A block was lifted by the person who created it.',
  data: Block,
  appliedBy: whoKeepsBlocks
})

export const UserReported = defineEvent({
  source: 'people',
  entity: 'user',
  verb: 'reported',
  version: 1,
  description: 'One person reported another; the text of the report is for administrators only.',
  data: Type.Object({ report_id: Id, reporter_id: Id, reported_id: Id, reason: ReportReason })
})

const Match = {
  /** Also the id of the pair's conversation. A pair that matches again keeps it. */
  match_id: Id,
  user_ids: Type.Array(Id, { minItems: 2, maxItems: 2 }),
  version: Type.Integer({ minimum: 1, description: 'Grows with every beginning and end of this match.' })
}

export const MatchCreated = defineEvent({
  source: 'people',
  entity: 'match',
  verb: 'created',
  version: 1,
  description: 'Two people matched, by likes or by an accepted message request; their conversation opens.',
  data: Type.Object({
    ...Match,
    /** The person whose like or answer made the match. */
    actor_id: Id,
    created_at: Timestamp
  }),
  appliedBy: ['sessions', 'chat'],
  informs: ['notifications']
})

export const MatchEnded = defineEvent({
  source: 'people',
  entity: 'match',
  verb: 'ended',
  version: 1,
  description: 'A match ended; the conversation stays readable, except across a block.',
  data: Type.Object({
    ...Match,
    reason: Type.Union([Type.Literal('unmatched'), Type.Literal('blocked'), Type.Literal('deleted')]),
    /** The person who unmatched the other, so that they are not notified of what follows. */
    actor_id: Type.Optional(Id)
  }),
  appliedBy: ['sessions', 'chat']
})
