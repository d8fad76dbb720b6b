import type { EventTables } from '@belay/events'
import type { KitTables } from '@belay/kit'
import type { Generated } from 'kysely'

/** What chat keeps of a person, told by the people service. */
export interface UserRow {
  id: string
  display_name: string
  avatar: string | null
  tier: 'free' | 'premium'
  role: 'user' | 'admin'
  disabled: boolean
  deleted: Generated<boolean>
  version: number
}

export interface ThreadRow {
  id: string
  context: 'session' | 'event' | 'request' | 'direct'
  context_id: string
  /** The version of the plan whose state this is; a lower one is never applied. */
  context_version: number
  context_status: string
  locked: Generated<boolean>
  last_seq: Generated<number>
  last_message_at: Date | null
  created_at: Date
  /** The event that people gather for, in threads of events and of requests. */
  event_id: string | null
  /** Grows with every removal of a member. */
  members_version: Generated<number>
  /** While a request is undecided: the one person who may write. */
  only_sender_id: string | null
}

export interface MemberRow {
  thread_id: string
  user_id: string
  role: Generated<'host' | 'guest'>
  last_read_seq: Generated<number>
  sent_count: Generated<number>
  /** How many of the member's own messages `last_read_seq` covers. */
  sent_count_when_read: Generated<number>
}

export interface MessageRow {
  thread_id: string
  seq: number
  id: string
  kind: 'user' | 'system'
  sender_id: string | null
  /** `{name}` in it stands for the person of `subject_user_id`. */
  body: string
  subject_user_id: Generated<string | null>
  client_msg_id: string | null
  created_at: Date
}

/** The latest state of a request that was applied here, so that an earlier one that comes late changes nothing. */
export interface RequestRow {
  id: string
  status: 'SUBMITTED' | 'ACCEPTED' | 'DECLINED' | 'WITHDRAWN'
  version: number
}

/** The one row that says which log this is. */
export interface ContinuityRow {
  only_row: Generated<boolean>
  epoch: string
  /** Of the PostgreSQL server that the epoch was last seen on; null until it was looked at. */
  system_identifier: string | null
  timeline: number | null
}

/** Every table of the chat schema. */
export interface ChatDatabase extends EventTables, KitTables {
  users: UserRow
  threads: ThreadRow
  members: MemberRow
  requests: RequestRow
  messages: MessageRow
  continuity: ContinuityRow
}
