import type { MessageRequestStatus } from '@belay/contracts'
import { type Kysely, sql } from 'kysely'
import type { ChatDatabase } from '#src/schema.ts'

export interface RequestFilter {
  userId: string
  direction: 'received' | 'sent'
  status: MessageRequestStatus
  /** The id of the last one of the page before. */
  afterId: string | undefined
  limit: number
  now: Date
}

/** A request with the other person of it. Across a block it does not show whether they are online. */
export interface ListedRequest {
  id: string
  message_id: string
  content: string
  status: MessageRequestStatus
  created_at: Date
  peer_id: string
  peer_name: string
  peer_photos: string[]
  peer_age: number | null
  is_online: boolean
  last_active: Date | null
}

/** The requests that a person received or sent, newest first. */
export async function listRequests(db: Kysely<ChatDatabase>, filter: RequestFilter): Promise<ListedRequest[]> {
  const isSent = filter.direction === 'sent'
  const [own, peer] = isSent ? ['sender_id', 'receiver_id'] : ['receiver_id', 'sender_id']
  const { rows } = await sql<ListedRequest>`
    with page as (
      select id, message_id, content, status, created_at, ${sql.ref(own)} as own_id, ${sql.ref(peer)} as peer_id
      from message_requests
      where ${sql.ref(own)} = ${filter.userId} and status = ${filter.status}
        and ${filter.afterId === undefined ? sql`true` : sql`id < ${filter.afterId}`}
      order by id desc limit ${filter.limit}
    )
    select page.id, page.message_id, page.content, page.status, page.created_at, page.peer_id,
           coalesce(u.display_name, 'Deleted user') as peer_name, coalesce(u.profile_photos, '{}') as peer_photos,
           extract(year from age(${filter.now}::date, u.birthdate))::int as peer_age,
           coalesce(p.online, false) as is_online, p.last_active
    from page
    left join users u on u.id = page.peer_id
    left join presence p on p.user_id = page.peer_id
      and not exists (select from blocks where active and blocker_id = page.own_id and blocked_id = page.peer_id)
      and not exists (select from blocks where active and blocker_id = page.peer_id and blocked_id = page.own_id)
    order by page.id desc`.execute(db)
  return rows
}
