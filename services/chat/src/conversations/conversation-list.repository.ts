import type { LogStamp, MessageType } from '@belay/contracts'
import type { Position } from '@belay/kit'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { shownBody } from '#src/messages/shown-body.repository.ts'
import { shownReadAt } from '#src/read-marks/shown-read-at.repository.ts'
import type { ChatDatabase } from '#src/schema.ts'

type Listed = 'active' | 'archived'

/** One conversation in a person's list. */
export interface ConversationListRow {
  id: string
  status: Listed
  last_activity: Date
  epoch: string
  unread_count: number
  peer_id: string
  peer_name: string
  peer_photos: string[]
  is_online: boolean
  last_active: Date | null
  /** The last message; null before the first one. */
  last_id: string | null
  last_seq: number
  last_body: string
  last_sender_id: string | null
  last_type: MessageType | null
  last_created_at: Date
  /** When its receiver read it, if the person may see that. */
  last_read_at: Date | null
}

/** Which conversations of a person to list, the most recently active first, after a position. */
interface Page {
  userId: string
  status: Listed
  after?: Position | undefined
  limit: number
}

/** Returns a page of a person's conversations, in one statement. */
export async function listConversationsOf(db: Kysely<ChatDatabase>, page: Page): Promise<ConversationListRow[]> {
  const { rows } = await sql<ConversationListRow>`
    with mine as (${pairsOf(page)})
    select mine.id, mine.status, mine.last_activity, (select epoch from continuity) as epoch,
           (t.last_seq - m.last_read_seq) - (m.sent_count - m.sent_count_when_read) as unread_count,
           mine.peer_id, coalesce(u.display_name, 'Deleted user') as peer_name,
           coalesce(u.profile_photos, '{}') as peer_photos,
           mine.status = 'active' and coalesce(p.online, false) as is_online,
           case when mine.status = 'active' then p.last_active end as last_active,
           l.id as last_id, t.last_seq, ${shownBody('l')} as last_body, l.sender_id as last_sender_id,
           l.message_type as last_type, l.created_at as last_created_at,
           ${shownReadAt('l', page.userId)} as last_read_at
    from mine
    join threads t on t.id = mine.id
    join members m on m.thread_id = mine.id and m.user_id = ${page.userId}
    left join users u on u.id = mine.peer_id
    left join presence p on p.user_id = mine.peer_id
    left join messages l on l.thread_id = mine.id and l.seq = t.last_seq
    order by mine.last_activity desc, mine.id desc`.execute(db)
  return rows
}

/** An active conversation and where its log stands. */
interface ConversationState extends LogStamp {
  id: string
  peer_id: string
  last_seq: number
}

/** Returns a person's most recently active open conversations; with `ids` only these. */
export async function listConversationStates(
  db: Kysely<ChatDatabase>,
  { userId, ids, limit }: { userId: string; ids: readonly string[] | undefined; limit: number }
): Promise<ConversationState[]> {
  const { rows } = await sql<ConversationState>`
    with mine as (${ids === undefined ? pairsOf({ userId, status: 'active', limit }) : chosenOf(userId, ids, limit)})
    select mine.id, mine.peer_id, t.last_seq, t.members_version, (select epoch from continuity) as epoch
    from mine
    join threads t on t.id = mine.id
    join members m on m.thread_id = mine.id and m.user_id = ${userId}
    order by mine.last_activity desc, mine.id desc`.execute(db)
  return rows
}

/** A person is the first of some pairs and the second of others; each side is read in order from an index of its own. */
function pairsOf({ userId, status, after, limit }: Page): RawBuilder<unknown> {
  const isAfter = after ? sql`(last_activity, id) < (${after.key}::timestamptz, ${after.id}::uuid)` : sql`true`
  const side = (own: string, peer: string) => sql`(
      select id, ${sql.ref(peer)} as peer_id, status, last_activity from conversations
      where ${sql.ref(own)} = ${userId} and status = ${status} and ${isAfter}
      order by last_activity desc, id desc limit ${limit})`
  return sql`
      select * from (${side('user1_id', 'user2_id')} union all ${side('user2_id', 'user1_id')}) as both_sides
      order by last_activity desc, id desc limit ${limit}`
}

function chosenOf(userId: string, ids: readonly string[], limit: number): RawBuilder<unknown> {
  return sql`
      select id, case when user1_id = ${userId} then user2_id else user1_id end as peer_id, status, last_activity
      from conversations
      where id = any(${ids}::uuid[]) and ${userId}::uuid in (user1_id, user2_id) and status = 'active'
      order by last_activity desc, id desc limit ${limit}`
}
