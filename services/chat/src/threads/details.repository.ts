import { type Kysely, type Selectable, sql } from 'kysely'
import { ownRequestId } from '#src/gatherings/own-request.repository.ts'
import type { ChatDatabase, GatheringRow, RequestRow, TagRow, ThreadRow } from '#src/schema.ts'

type Gathering = Omit<GatheringRow, 'cancelled' | 'tag_ids' | 'version' | 'starts_at'>

/** A thread, its gathering, and the request that the reader sees it through. Dates are in ISO 8601. */
export interface DetailsRow extends Pick<Selectable<ThreadRow>, 'context' | 'event_id' | 'locked' | 'only_sender_id'> {
  gathering: (Gathering & { starts_at: string; host_name: string; tags: Omit<TagRow, 'deleted'>[] }) | null
  /** What the gathering's end did to it, which has no event of its own, included. */
  request_status: RequestRow['status'] | null
  request: { id: string; guest_id: string; guest_name: string; host_id: string; host_name: string } | null
  requested_at: Date | null
  booking_id: string | null
  booking_status: 'CONFIRMED' | 'CANCELLED'
}

/** The details of a thread for one of its members; the thread must exist. */
export async function findDetails(db: Kysely<ChatDatabase>, threadId: string, userId: string): Promise<DetailsRow> {
  const { rows } = await sql<DetailsRow>`
    select t.context, t.event_id, t.locked, t.only_sender_id,
           case when g.id is not null then json_build_object(
             'id', g.id, 'host_id', g.host_id, 'host_name', ${nameOf('g.host_id')}, 'title', g.title,
             'description', g.description, 'location', g.location, 'address', g.address,
             'activity_type', g.activity_type, 'capacity', g.capacity,
             'starts_at', to_char(g.starts_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
             'tags', coalesce((
               select json_agg(json_build_object('id', tag.id, 'name', tag.name, 'color', tag.color,
                                                 'description', tag.description) order by lower(normalize(tag.name)))
               from tags tag where tag.id = any(g.tag_ids) and not tag.deleted), '[]')) end as gathering,
           case when r.status = 'SUBMITTED' and g.cancelled then 'DECLINED' else r.status end as request_status,
           case when r.guest_id is not null then json_build_object(
             'id', r.id, 'guest_id', r.guest_id, 'guest_name', ${nameOf('r.guest_id')},
             'host_id', r.host_id, 'host_name', ${nameOf('r.host_id')}) end as request,
           r.created_at as requested_at, r.booking_id,
           case when r.status = 'ACCEPTED' and not g.cancelled then 'CONFIRMED' else 'CANCELLED' end as booking_status
    from threads t
    left join gatherings g on g.id = t.event_id
    left join requests r on r.id = case when t.context = 'request' then t.context_id
                                        else ${ownRequestId('t.event_id', userId)} end
    where t.id = ${threadId}`.execute(db)
  const [row] = rows
  if (row === undefined) throw new Error(`there is no thread ${threadId}`)
  return row
}

function nameOf(column: string) {
  return sql`coalesce((select display_name from users where users.id = ${sql.ref(column)}), 'Deleted user')`
}
