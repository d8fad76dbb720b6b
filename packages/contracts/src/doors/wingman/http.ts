import { Type } from 'typebox'
import { BuddySessionStatus, Difficulty } from '../../sessions.ts'
import { Id, Nullable, Text, Timestamp } from '../../text.ts'

export const Challenge = Type.Object(
  { id: Id, title: Type.String(), description: Type.String(), difficulty: Difficulty, points: Type.Integer() },
  { $id: 'Challenge' }
)

export const ChallengeList = Type.Object({ challenges: Type.Array(Challenge), count: Type.Integer() })

export const CreateChallengeBody = Type.Object({
  title: Text({ max: 200 }),
  description: Text({ max: 2000 }),
  difficulty: Difficulty,
  points: Type.Integer({ minimum: 0, maximum: 1000 })
})

export const CreateBuddySessionBody = Type.Object({
  match_id: Id,
  venue_name: Text({ max: 200 }),
  time: Timestamp,
  user1_challenge_id: Id,
  user2_challenge_id: Id
})

export const BuddySessionCreated = Type.Object({
  success: Type.Literal(true),
  session_id: Id,
  message: Type.String(),
  scheduled_time: Timestamp,
  venue_name: Type.String(),
  notifications_sent: Type.Boolean()
})

/** One of the two people of a session. */
export const BuddyParticipant = Type.Object({
  id: Id,
  name: Type.String(),
  /** The caller's own; null for the other person. */
  email: Nullable(Type.String()),
  challenge: Challenge,
  confirmed: Type.Boolean({ description: 'Whether the buddy has confirmed this person.' })
})

/** What each of the two gets when the session is completed. */
export const ReputationPreview = Type.Object({ user1_delta: Type.Integer(), user2_delta: Type.Integer() })

export const SessionDataResponse = Type.Object(
  {
    id: Id,
    match_id: Id,
    venue_name: Type.String(),
    scheduled_time: Timestamp,
    status: BuddySessionStatus,
    notes: Nullable(Type.String()),
    participants: Type.Object({ user1: BuddyParticipant, user2: BuddyParticipant }),
    reputation_preview: ReputationPreview,
    created_at: Timestamp,
    completed_at: Nullable(Timestamp)
  },
  { $id: 'SessionDataResponse' }
)

export const SessionConfirmRequest = Type.Object({ buddy_user_id: Id })

export const SessionConfirmed = Type.Object({
  success: Type.Literal(true),
  message: Type.String(),
  session_status: BuddySessionStatus,
  both_confirmed: Type.Boolean(),
  session_completed: Type.Boolean(),
  updated_confirmations: Type.Object({
    user1_confirmed_by_user2: Type.Boolean(),
    user2_confirmed_by_user1: Type.Boolean()
  }),
  reputation_preview: ReputationPreview
})

export const ConfirmCompletionBody = Type.Object({ session_id: Id })

export const CompletionConfirmed = Type.Object({
  success: Type.Literal(true),
  message: Type.String(),
  both_confirmed: Type.Boolean(),
  reputation_updated: Type.Boolean(),
  session_status: BuddySessionStatus
})

export const SessionNotesRequest = Type.Object({ notes: Text({ min: 0, max: 2000 }) })

export const SessionNotesUpdated = Type.Object({
  success: Type.Literal(true),
  message: Type.String(),
  notes: Type.String(),
  /** The same, by the name that clients of the original read. */
  updated_notes: Type.String(),
  updated_at: Timestamp
})

/** `no_shows` counts sessions in which the buddy had not confirmed this person 24 hours after their time. */
export const Reputation = Type.Object(
  {
    user_id: Id,
    score: Type.Integer(),
    badge_color: Type.Union([Type.Literal('gold'), Type.Literal('green'), Type.Literal('red')]),
    completed_sessions: Type.Integer(),
    no_shows: Type.Integer(),
    cache_timestamp: Timestamp
  },
  { $id: 'Reputation' }
)

export const ReputationQuery = Type.Object({
  use_cache: Type.Optional(
    Type.Union([Type.Literal('true'), Type.Literal('false')], {
      description: 'Accepted for clients of the original; the answer is always current.'
    })
  )
})

export const ListBuddyMessagesQuery = Type.Object({
  cursor: Type.Optional(
    Type.String({ pattern: '^[1-9][0-9]{0,9}$', description: '`next_cursor` of the page before: older ones follow.' })
  ),
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 50 })
})

/** A message of a match's conversation; the system writes without a sender. */
export const BuddyMessage = Type.Object({
  id: Id,
  match_id: Id,
  sender_id: Nullable(Id),
  message_text: Type.String(),
  created_at: Timestamp
})

/** Oldest message first. */
export const BuddyMessagePage = Type.Object({
  messages: Type.Array(BuddyMessage),
  has_more: Type.Boolean(),
  next_cursor: Nullable(Type.String())
})

export const SendBuddyMessageBody = Type.Object({ match_id: Id, message: Text({ min: 2, max: 2000 }) })

export const BuddyMessageSent = Type.Object({ success: Type.Literal(true), message_id: Id, created_at: Timestamp })

export const RespondToMatchBody = Type.Object({
  user_id: Id,
  match_id: Id,
  action: Type.Union([Type.Literal('accept'), Type.Literal('decline')])
})

export const MatchAnswered = Type.Object({
  success: Type.Literal(true),
  message: Type.String(),
  match_status: Type.Union([Type.Literal('accepted'), Type.Literal('declined')]),
  /** No match is proposed by the system. */
  next_match: Type.Null()
})
