import type { Notification, NotificationType } from '@belay/contracts'
import type { Words } from '#src/schema.ts'
import { textOf } from './texts.ts'

/** A notification before it is stored. */
export interface NewNotification {
  id: string
  user_id: string
  type: NotificationType
  words: Words
  action_url: string
  actor_id: string | null
  data: Record<string, unknown>
  /** The CloudEvent that caused it: one notification per event, recipient and type. */
  cause_event_id: string
  /** Unread notifications of one person with the same key are one; null: always one of its own. */
  collapse_key: string | null
  is_read: boolean
}

/** A stored notification with the person who caused it. */
export interface NotificationRecord {
  id: string
  user_id: string
  type: NotificationType
  title: string | null
  message: string | null
  words: Words | null
  action_url: string
  data: Record<string, unknown>
  created_at: Date
  read_at: Date | null
  actor_id: string | null
  actor_name: string | null
  actor_avatar: string | null
}

/** The notification as its owner reads it. */
export function toNotification(record: NotificationRecord): Notification {
  const { id, type, action_url, data } = record
  const actor =
    record.actor_id === null || record.actor_name === null
      ? null
      : { id: record.actor_id, display_name: record.actor_name, avatar: record.actor_avatar }
  return {
    id,
    type,
    ...titleAndMessage(record),
    action_url,
    actor,
    data,
    is_read: record.read_at !== null,
    created_at: record.created_at.toISOString(),
    read_at: record.read_at?.toISOString() ?? null
  }
}

/** With the actor's present name; an account that was being erased left none. */
function titleAndMessage({ type, title, message, words, actor_name }: NotificationRecord): {
  title: string
  message: string
} {
  if (words === null) return { title: title ?? '', message: message ?? '' }
  return textOf(type, actor_name ?? 'Deleted user', words)
}
