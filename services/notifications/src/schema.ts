import type { NotificationType } from '@belay/contracts'
import type { EventTables } from '@belay/events'
import type { KitTables } from '@belay/kit'
import type { AccountTables, BlockTables } from '@belay/people-projection'
import type { Generated, JSONColumnType } from 'kysely'

/** What a notification is about, without the name of its actor. */
export interface Words {
  /** The day and the place of a session. */
  plan?: string
  /** The title of a gathering. */
  event?: string
  /** When and where a gathering takes place. */
  whenAndWhere?: string
  /** The beginning of a message. */
  excerpt?: string
}

export interface NotificationTable {
  id: string
  user_id: string
  type: NotificationType
  /** Of notifications from before `words`. */
  title: Generated<string | null>
  message: Generated<string | null>
  words: JSONColumnType<Words> | null
  action_url: string
  actor_id: string | null
  data: JSONColumnType<Record<string, unknown>>
  /** The CloudEvent that caused it: one notification per event, recipient and type. */
  event_id: string
  /** Unread notifications of one person with the same key are one. */
  collapse_key: string | null
  created_at: Date
  read_at: Date | null
}

/** How far a member has read a thread. */
export interface ReadMarkRow {
  thread_id: string
  user_id: string
  last_read_seq: number
  updated_at: Generated<Date>
}

/** Whether what a notification of this type asked this person about this subject still needs an answer. */
export interface ResolutionRow {
  user_id: string
  type: NotificationType
  /** The session, the request to join or to chat, or the gathering of the request. */
  subject_id: string
  resolved: boolean
  updated_at: Generated<Date>
}

/** The latest of the messages in a thread that one person may not have seen although they had a live socket in it. */
export interface UnseenMessageRow {
  thread_id: string
  user_id: string
  context: 'session' | 'event' | 'request' | 'direct'
  context_id: string
  event_id: string
  message_id: string
  sender_id: string
  seq: number
  excerpt: string
  /** How many messages it stands for. */
  count: number
  /** When to look again, by the database's clock. */
  due_at: Date
  /** When the latest one came, by the database's clock. */
  last_at: Date
}

/** Every table of the notifications schema. */
export interface NotificationsDatabase extends EventTables, KitTables, AccountTables, BlockTables {
  notifications: NotificationTable
  read_marks: ReadMarkRow
  resolutions: ResolutionRow
  unseen_messages: UnseenMessageRow
}
