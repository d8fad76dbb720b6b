import type { Position } from '@belay/kit'
import { type Kysely, sql } from 'kysely'
import { shownBody } from '#src/messages/shown-body.repository.ts'
import { ownRequestId } from '#src/gatherings/own-request.repository.ts'
import type { ChatDatabase } from '#src/schema.ts'

/** One thread of a person's inbox. */
export interface InboxRow {
  id: string
  context: 'event' | 'request'
  context_id: string
  context_status: string
  event_id: string
  locked: boolean
  only_sender_id: string | null
  unread_count: number
  last_id: string | null
  last_sender_id: string | null
  last_sender_name: string | null
  last_body: string | null
  last_kind: 'user' | 'system' | null
  last_created_at: Date | null
  last_message_at: Date | null
  /** Null while the gathering is still to be copied. */
  title: string | null
  description: string | null
  starts_at: Date | null
  location: string | null
  activity_type: string | null
  /** The reader's own: a guest's latest, for the host the one that was accepted first; the booking of an accepted one. */
  own_request_id: string | null
  own_booking_id: string | null
}

/** A page of the threads of events and requests that a person is in, the most recently active first, after a position. */
export async function listThreadsOf(
  db: Kysely<ChatDatabase>,
  userId: string,
  page: { limit: number; offset: number; after?: Position | undefined }
): Promise<InboxRow[]> {
  const { rows } = await sql<InboxRow>`
    with mine as (
      select t.*, (t.last_seq - m.last_read_seq) - (m.sent_count - m.sent_count_when_read) as unread_count
      from members m join threads t on t.id = m.thread_id
      where m.user_id = ${userId} and t.event_id is not null and ${comesAfter(page.after)}
      order by t.last_message_at desc nulls last, t.id desc
      limit ${page.limit} offset ${page.offset}
    )
    select mine.id, mine.context, mine.context_id, mine.context_status, mine.event_id, mine.locked, mine.only_sender_id,
           mine.unread_count, l.id as last_id, l.sender_id as last_sender_id, u.display_name as last_sender_name,
           ${shownBody('l')} as last_body, l.kind as last_kind, l.created_at as last_created_at,
           mine.last_message_at, g.title, g.description, g.starts_at, g.location, g.activity_type,
           own.id as own_request_id, case when own.status = 'ACCEPTED' then own.booking_id end as own_booking_id
    from mine
    left join gatherings g on g.id = mine.event_id
    left join requests own on own.id = ${ownRequestId('mine.event_id', userId)}
    left join messages l on l.thread_id = mine.id and l.seq = mine.last_seq
    left join users u on u.id = l.sender_id
    order by mine.last_message_at desc nulls last, mine.id desc`.execute(db)
  return rows
}

function comesAfter(position: Position | undefined) {
  if (position === undefined) return sql`true`
  const { key, id } = position
  if (key === null) return sql`t.last_message_at is null and t.id < ${id}`
  return sql`((t.last_message_at, t.id) < (${key}::timestamptz, ${id}::uuid) or t.last_message_at is null)`
}

/** A member of a thread. */
export interface ParticipantRow {
  thread_id: string
  user_id: string
  user_name: string
  role: 'host' | 'guest'
}

/**
 * Up to `limit` people of each thread that the reader is in, the host first. Names are looked up once for all threads, not
 * for each.
 */
export async function listParticipants(
  db: Kysely<ChatDatabase>,
  threadIds: readonly string[],
  { readerId, limit }: { readerId: string; limit: number }
): Promise<ParticipantRow[]> {
  const { rows } = await sql<ParticipantRow>`
    with named as materialized (
      select t.id as thread_id, t.ord, m.user_id, m.role
      from unnest(${threadIds}::uuid[]) with ordinality as t (id, ord)
      join members reader on reader.thread_id = t.id and reader.user_id = ${readerId}
      cross join lateral (
        select user_id, role from members where thread_id = t.id order by (role = 'host') desc, user_id limit ${limit}
      ) m
    )
    select named.thread_id, named.user_id, coalesce(u.display_name, 'Deleted user') as user_name, named.role
    from named left join users u on u.id = named.user_id
    order by named.ord, (named.role = 'host') desc, named.user_id`.execute(db)
  return rows
}
