import { type Static, Type } from 'typebox'
import { ClientMsgId, maxMessageLength } from '../../chat.ts'
import { PersonSummary, PublicProfile } from '../../people.ts'
import { SessionStatus, TimeBlock } from '../../sessions.ts'
import { CalendarDate, Id, Nullable, Text, Timestamp } from '../../text.ts'
import { PageQuery } from '../page.ts'

export const Destination = Type.Object({ slug: Text({ max: 100 }), name: Text({ max: 200 }) })

/** A destination, or its slug alone. */
export const DestinationOrSlug = Type.Union([Destination, Text({ max: 100 })])

export const CreateTripBody = Type.Object({
  destination: DestinationOrSlug,
  start_date: CalendarDate,
  end_date: CalendarDate
})

export const Trip = Type.Object(
  {
    id: Id,
    destination: Type.Object({ slug: Type.String(), name: Type.String() }),
    start_date: CalendarDate,
    end_date: CalendarDate
  },
  { $id: 'Trip' }
)

const MessageSender = Type.Object({ id: Nullable(Id), display_name: Type.String() })

/** A message as sessions present it. */
export const SessionMessage = Type.Object(
  {
    id: Id,
    session: Id,
    sender: MessageSender,
    body: Type.String(),
    created_at: Timestamp,
    seq: Type.Integer(),
    client_msg_id: Nullable(Type.String())
  },
  { $id: 'SessionMessage' }
)
export type SessionMessage = Static<typeof SessionMessage>

export const CreateSessionBody = Type.Object({
  invitee_id: Id,
  trip_id: Id,
  proposed_date: CalendarDate,
  time_block: TimeBlock,
  crag: Type.Optional(Text({ min: 0, max: 200 })),
  goal: Type.Optional(Text({ min: 0, max: 300 }))
})

const plan = {
  id: Id,
  trip: Trip,
  proposed_date: CalendarDate,
  time_block: TimeBlock,
  crag: Type.String(),
  goal: Type.String(),
  status: SessionStatus,
  created_at: Timestamp,
  updated_at: Timestamp,
  last_message_at: Nullable(Timestamp)
}

/** The response to an invitation. */
export const CreatedSession = Type.Object(
  { ...plan, inviter: PersonSummary, invitee: PersonSummary, messages: Type.Array(SessionMessage) },
  { $id: 'CreatedSession' }
)

/** A session in the caller's list. */
export const SessionListItem = Type.Object(
  {
    ...plan,
    inviter: PersonSummary,
    invitee: PersonSummary,
    unread_count: Type.Integer(),
    last_message: Nullable(Type.Object({ id: Id, sender: MessageSender, body: Type.String(), created_at: Timestamp }))
  },
  { $id: 'SessionListItem' }
)

/** One session with its newest 100 messages, oldest first. */
export const SessionDetail = Type.Object(
  {
    ...plan,
    inviter: PublicProfile,
    invitee: PublicProfile,
    messages: Type.Array(SessionMessage),
    epoch: Type.String({ description: 'The epoch of the conversation; every `seq` refers to this epoch.' })
  },
  { $id: 'SessionDetail' }
)

export const ListSessionsQuery = Type.Object({
  /** Blank means no filter, as does a blank `role`. An unknown status matches no session; an unknown role is ignored. */
  status: Type.Optional(Text({ min: 0, max: 100 })),
  role: Type.Optional(Text({ min: 0, max: 100 })),
  ...PageQuery
})

/** The response to accepting, declining, cancelling and completing. */
export const SessionMoved = Type.Object(
  { id: Id, status: SessionStatus, message: Type.String() },
  { $id: 'SessionMoved' }
)

export const DeclineBody = Type.Object({ message: Type.Optional(Nullable(Text({ min: 0, max: maxMessageLength }))) })
export const CancelBody = Type.Object({ reason: Type.Optional(Nullable(Text({ min: 0, max: maxMessageLength }))) })

export const SendSessionMessageBody = Type.Object({
  body: Text({ max: maxMessageLength }),
  client_msg_id: Type.Optional(Nullable(ClientMsgId))
})

export const ListSessionMessagesQuery = Type.Object({
  before: Type.Optional(Type.Integer({ minimum: 1 })),
  after: Type.Optional(Type.Integer({ minimum: 0 })),
  limit: Type.Integer({ minimum: 1, maximum: 500, default: 100 })
})

export const MarkSessionReadBody = Type.Object({ last_read_seq: Type.Optional(Type.Integer({ minimum: 0 })) })

export const SessionMarkedRead = Type.Object(
  { message: Type.Literal('Messages marked as read'), unread_count: Type.Integer() },
  { $id: 'SessionMarkedRead' }
)

const Rating = Type.Integer({ minimum: 1, maximum: 5 })

export const GiveFeedbackBody = Type.Object({
  safety_rating: Rating,
  communication_rating: Rating,
  overall_rating: Rating,
  notes: Type.Optional(Text({ min: 0, max: 1000 }))
})

export const FeedbackAccepted = Type.Object({ message: Type.String(), feedback_id: Id }, { $id: 'FeedbackAccepted' })

/** The ratings that others gave the caller. Averages are 0 without ratings. */
export const FeedbackStats = Type.Object(
  {
    total_ratings: Type.Integer(),
    average_safety: Nullable(Type.Number()),
    average_communication: Nullable(Type.Number()),
    average_overall: Nullable(Type.Number()),
    distribution: Type.Object({
      '1_stars': Type.Integer(),
      '2_stars': Type.Integer(),
      '3_stars': Type.Integer(),
      '4_stars': Type.Integer(),
      '5_stars': Type.Integer()
    })
  },
  { $id: 'FeedbackStats' }
)
