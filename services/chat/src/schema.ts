import type { EventTables } from '@belay/events'
import type { KitTables } from '@belay/kit'
import type { MessageRequestStatus, MessageType } from '@belay/contracts'
import type { AccountTables, BlockTables } from '@belay/people-projection'
import type { Generated } from 'kysely'

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
  /** Of direct conversations; null in all others. */
  message_type: Generated<MessageType | null>
}

/** A pair of people, the lower id first. The id is that of their thread and of their match as well. */
export interface ConversationRow {
  id: string
  user1_id: string
  user2_id: string
  /** Null until it opens. */
  status: 'active' | 'archived' | 'blocked' | null
  matched: Generated<boolean>
  /** Of the match's latest event that was applied here. */
  match_version: Generated<number>
  /** When the last message was written, or it was opened. */
  last_activity: Date
  created_at: Date
}

/** One person asked another to chat. At most one is pending for a pair, in either direction. */
export interface MessageRequestRow {
  id: string
  conversation_id: string
  sender_id: string
  receiver_id: string
  /** Of the message that begins the conversation when the request is accepted. */
  message_id: string
  content: string
  status: MessageRequestStatus
  created_at: Date
  updated_at: Date
}

/** When a person of a direct conversation marked it as read, and how far. */
export interface ReadReceiptRow {
  thread_id: string
  user_id: string
  up_to_seq: number
  read_at: Date
}

/** Whether a person has an open connection anywhere, and since when that is so. */
export interface PresenceRow {
  user_id: string
  online: boolean
  last_active: Date
}

/** The latest state of a request that was applied here. What stands beside it is null until it was copied, if it is old. */
export interface RequestRow {
  id: string
  status: 'SUBMITTED' | 'ACCEPTED' | 'DECLINED' | 'WITHDRAWN'
  version: number
  event_id: string | null
  host_id: string | null
  guest_id: string | null
  booking_id: string | null
  created_at: Date | null
}

/** The latest state of a gathering that was applied here. */
export interface GatheringRow {
  id: string
  host_id: string
  title: string
  description: string | null
  starts_at: Date
  location: string | null
  address: string | null
  activity_type: string | null
  capacity: number
  cancelled: boolean
  tag_ids: string[]
  version: number
}

/** A tag never changes until it is deleted; the row stays, so that a late event cannot bring it back. */
export interface TagRow {
  id: string
  name: string
  color: string | null
  description: string | null
  deleted: Generated<boolean>
}

/** One row while requests from before 2026-11-30 are still to be read from sessions. */
export interface RequestsToCopyRow {
  only_row: Generated<boolean>
  /** The last one that was copied. */
  after_id: string | null
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
export interface ChatDatabase extends EventTables, KitTables, AccountTables, BlockTables {
  threads: ThreadRow
  members: MemberRow
  requests: RequestRow
  requests_to_copy: RequestsToCopyRow
  gatherings: GatheringRow
  tags: TagRow
  messages: MessageRow
  continuity: ContinuityRow
  conversations: ConversationRow
  message_requests: MessageRequestRow
  read_receipts: ReadReceiptRow
  presence: PresenceRow
}
