import { type Static, Type } from 'typebox'
import { PersonSummary } from './people.ts'
import { Id, Nullable, Timestamp } from './text.ts'

export const notificationTypes = [
  'session_invited',
  'session_accepted',
  'session_declined',
  'session_cancelled',
  'feedback_requested',
  'message_received',
  'message_request_received',
  'message_request_accepted',
  'match_created',
  'event_request_received',
  'event_request_accepted',
  'event_request_declined',
  'event_updated',
  'event_cancelled',
  'buddy_session_scheduled',
  'buddy_session_cancelled',
  'buddy_session_completed',
  'reminder'
] as const

export const NotificationType = Type.Enum([...notificationTypes])
export type NotificationType = (typeof notificationTypes)[number]

/** One entry of a person's inbox. */
export const Notification = Type.Object(
  {
    id: Id,
    type: NotificationType,
    title: Type.String(),
    message: Type.String(),
    action_url: Type.String(),
    actor: Nullable(PersonSummary),
    data: Type.Record(Type.String(), Type.Unknown()),
    is_read: Type.Boolean(),
    created_at: Timestamp,
    read_at: Nullable(Timestamp)
  },
  { $id: 'Notification' }
)
export type Notification = Static<typeof Notification>
