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
  const [own, peer] = [
    sql.ref(isSent ? 'r.sender_id' : 'r.receiver_id'),
    sql.ref(isSent ? 'r.receiver_id' : 'r.sender_id')
  ]
  const { rows } = await sql<ListedRequest>`
    select r.id, r.message_id, r.content, r.status, r.created_at, ${peer} as peer_id,
           coalesce(u.display_name, 'Deleted user') as peer_name, coalesce(u.profile_photos, '{}') as peer_photos,
           extract(year from age(${filter.now}::date, u.birthdate))::int as peer_age,
           coalesce(p.online, false) as is_online, p.last_active
    from message_requests r
    left join users u on u.id = ${peer}
    left join presence p on p.user_id = ${peer} and not exists (
      select from blocks where active and (blocker_id, blocked_id) in ((${own}, ${peer}), (${peer}, ${own})))
    where ${own} = ${filter.userId} and r.status = ${filter.status}
      and ${filter.afterId === undefined ? sql`true` : sql`r.id < ${filter.afterId}`}
    order by r.id desc limit ${filter.limit}`.execute(db)
  return rows
}
