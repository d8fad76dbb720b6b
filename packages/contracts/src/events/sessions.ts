import { Type } from 'typebox'
import { SessionStatus } from '../sessions.ts'
import { CalendarDate, Id, Nullable, Timestamp } from '../text.ts'
import { defineEvent } from './define-event.ts'

/** The whole session after the change; `version` grows with every change, and only a higher one is applied. */
const SessionState = {
  session_id: Id,
  inviter_id: Id,
  invitee_id: Id,
  status: SessionStatus,
  proposed_date: CalendarDate,
  crag: Type.String(),
  actor_id: Nullable(Id),
  version: Type.Integer({ minimum: 1 }),
  created_at: Timestamp,
  updated_at: Timestamp
}

/** The closing text, added to the chat as the actor's last message; null if there is none. */
const ClosingMessage = { closing_message: Nullable(Type.Object({ id: Id, body: Type.String() })) }

const effects = { appliedBy: ['chat'], informs: ['notifications'] } as const

export const SessionInvited = defineEvent({
  source: 'sessions',
  entity: 'session',
  verb: 'invited',
  version: 1,
  description: 'One person invited another to climb on a day; the chat of the session opens.',
  data: Type.Object(SessionState),
  ...effects
})

export const SessionAccepted = defineEvent({
  source: 'sessions',
  entity: 'session',
  verb: 'accepted',
  version: 1,
  description: 'The invitee accepted.',
  data: Type.Object(SessionState),
  ...effects
})

export const SessionDeclined = defineEvent({
  source: 'sessions',
  entity: 'session',
  verb: 'declined',
  version: 1,
  description: 'The invitee declined; the chat closes after the closing message.',
  data: Type.Object({ ...SessionState, ...ClosingMessage }),
  ...effects
})

export const SessionCancelled = defineEvent({
  source: 'sessions',
  entity: 'session',
  verb: 'cancelled',
  version: 1,
  description: 'Either person (or a block, or an erased account) cancelled; the chat closes after the closing message.',
  data: Type.Object({
    ...SessionState,
    ...ClosingMessage,
    /** Why: one of the two cancelled, one blocked the other (without a notification), or an account was erased. */
    cause: Type.Union([Type.Literal('person'), Type.Literal('block'), Type.Literal('account_deleted')])
  }),
  ...effects
})

export const SessionCompleted = defineEvent({
  source: 'sessions',
  entity: 'session',
  verb: 'completed',
  version: 1,
  description: 'The session took place: confirmed by either person, or completed automatically if `actor_id` is null.',
  data: Type.Object(SessionState),
  ...effects
})

export const FeedbackGiven = defineEvent({
  source: 'sessions',
  entity: 'feedback',
  verb: 'given',
  version: 1,
  description: 'One person rated the other after a completed session.',
  data: Type.Object({
    feedback_id: Id,
    session_id: Id,
    author_id: Id,
    subject_id: Id,
    safety_rating: Type.Integer({ minimum: 1, maximum: 5 }),
    communication_rating: Type.Integer({ minimum: 1, maximum: 5 }),
    overall_rating: Type.Integer({ minimum: 1, maximum: 5 })
  })
})
