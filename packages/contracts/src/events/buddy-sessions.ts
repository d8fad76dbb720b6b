import { Type } from 'typebox'
import { BuddySessionStatus } from '../sessions.ts'
import { Id, Nullable, Timestamp } from '../text.ts'
import { defineEvent } from './define-event.ts'

/** The whole session after the change; `version` grows with every change. */
const BuddySession = {
  session_id: Id,
  /** Also the id of the pair's conversation. */
  match_id: Id,
  /** The one with the lower id first. */
  user_ids: Type.Array(Id, { minItems: 2, maxItems: 2 }),
  venue_name: Type.String(),
  scheduled_time: Timestamp,
  status: BuddySessionStatus,
  version: Type.Integer({ minimum: 1 })
}

export const BuddySessionScheduled = defineEvent({
  source: 'sessions',
  entity: 'buddy-session',
  verb: 'scheduled',
  version: 1,
  description: 'One of two people who matched scheduled a session with a challenge for each.',
  data: Type.Object({ ...BuddySession, actor_id: Id }),
  informs: ['chat', 'notifications']
})

export const BuddySessionConfirmed = defineEvent({
  source: 'sessions',
  entity: 'buddy-session',
  verb: 'confirmed',
  version: 1,
  description: 'One of the two confirmed the other.',
  data: Type.Object({ ...BuddySession, actor_id: Id, confirmed_id: Id })
})

export const BuddySessionCompleted = defineEvent({
  source: 'sessions',
  entity: 'buddy-session',
  verb: 'completed',
  version: 1,
  description: 'Both confirmed each other; each got the points of their challenge.',
  data: Type.Object({
    ...BuddySession,
    completed_at: Timestamp,
    credits: Type.Array(Type.Object({ user_id: Id, points: Type.Integer() }), { minItems: 2, maxItems: 2 })
  }),
  informs: ['chat', 'notifications']
})

export const BuddySessionCancelled = defineEvent({
  source: 'sessions',
  entity: 'buddy-session',
  verb: 'cancelled',
  version: 1,
  description: 'The match of the two ended before the session was completed.',
  data: Type.Object({
    ...BuddySession,
    /** The person who ended the match, if known. */
    actor_id: Nullable(Id),
    cause: Type.Union([Type.Literal('unmatched'), Type.Literal('blocked'), Type.Literal('deleted')])
  }),
  informs: ['notifications']
})
