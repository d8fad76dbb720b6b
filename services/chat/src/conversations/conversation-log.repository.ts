import type { MessageRequestStatus } from '@belay/contracts'
import { type Kysely, sql } from 'kysely'
import type { MessageRecord } from '#src/messages/message.ts'
import { receiverOf } from '#src/messages/receiver.repository.ts'
import { shownBody } from '#src/messages/shown-body.repository.ts'
import { shownReadAt } from '#src/read-marks/shown-read-at.repository.ts'
import type { ChatDatabase } from '#src/schema.ts'

/** A message of a conversation as one of its two people sees it. */
export interface DirectRecord extends MessageRecord {
  /** Of the request that the message began the conversation with; null for any other message. */
  request_status: MessageRequestStatus | null
  read_at: Date | null
}

/** Two people and how what they wrote to each other stands. */
export interface Conversation {
  user_ids: readonly string[]
  status: 'active' | 'archived' | 'blocked'
}

/** Which messages to read: the newest ones, or those before or after a message. */
export interface LogRange {
  conversationId: string
  viewerId: string
  before?: string | undefined
  after?: string | undefined
  limit: number
}

/** A range of a conversation's log, oldest first, from one snapshot with the conversation. */
interface ConversationLog {
  /** Undefined for one that is unknown or never opened. */
  conversation: Conversation | undefined
  /** Whether the message of `before` or `after` is in the conversation; true without one. */
  isPlaceKnown: boolean
  /** None while the conversation is blocked, and none for other people. */
  messages: DirectRecord[]
}

type Row = { [Column in keyof DirectRecord]: DirectRecord[Column] | null } & {
  user1_id: string
  user2_id: string
  status: Conversation['status'] | null
  place_seq: number | null
}

/** Reads a range of a conversation's log for one of its two people. */
export async function readConversationLog(db: Kysely<ChatDatabase>, range: LogRange): Promise<ConversationLog> {
  const { conversationId, viewerId, before, after, limit } = range
  const place = before ?? after
  const bound = after !== undefined ? sql`m.seq > place.seq` : before !== undefined ? sql`m.seq < place.seq` : sql`true`
  const { rows } = await sql<Row>`
    select c.user1_id, c.user2_id, c.status, place.seq as place_seq, page.*
    from conversations c
    left join lateral (
      select seq from messages where id = ${place ?? null}::uuid and message_type is not null and thread_id = c.id
    ) place on true
    left join lateral (
      select m.id, m.thread_id, m.seq, m.kind, m.sender_id, u.display_name as sender_name, ${shownBody('m')} as body,
             m.client_msg_id, m.created_at, m.message_type, ${receiverOf('m')} as receiver_id,
             (select status from message_requests where message_id = m.id) as request_status,
             ${shownReadAt('m', viewerId)} as read_at
      from messages m left join users u on u.id = m.sender_id
      where m.thread_id = c.id and c.status <> 'blocked' and ${viewerId}::uuid in (c.user1_id, c.user2_id) and ${bound}
      order by m.seq ${after !== undefined ? sql`asc` : sql`desc`} limit ${limit}
    ) page on true
    where c.id = ${conversationId} and c.status is not null
    order by page.seq`.execute(db)
  const [first] = rows
  const status = first?.status ?? null
  return {
    conversation: first && status !== null ? { user_ids: [first.user1_id, first.user2_id], status } : undefined,
    isPlaceKnown: place === undefined || (first?.place_seq ?? null) !== null,
    messages: rows.flatMap((row) => (isMessage(row) ? [row] : []))
  }
}

function isMessage(row: Row): row is Row & DirectRecord {
  return row.id !== null
}
