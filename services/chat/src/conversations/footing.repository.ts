import { type Kysely, sql } from 'kysely'
import type { ChatDatabase, ConversationRow } from '#src/schema.ts'

/** How one person stands to another at one moment. */
export interface Footing {
  isPremium: boolean
  isDisabled: boolean
  /** Whether the other has an account. */
  isOtherHere: boolean
  isBlocked: boolean
  /** Null until there was anything between the two. */
  conversationId: string | null
  status: ConversationRow['status']
  pending: { requestId: string; senderId: string } | undefined
}

interface Row extends Omit<Footing, 'pending'> {
  requestId: string | null
  requesterId: string | null
}

/** Returns undefined for a person without an account. */
export async function readFooting(
  db: Kysely<ChatDatabase>,
  userId: string,
  otherId: string
): Promise<Footing | undefined> {
  const { rows } = await sql<Row>`
    /* prepared */ select me.tier = 'premium' as "isPremium", me.disabled as "isDisabled",
           other.id is not null and not other.deleted as "isOtherHere",
           c.status is not distinct from 'blocked' or exists (
             select from blocks where active
               and (blocker_id, blocked_id) in ((${userId}::uuid, ${otherId}::uuid), (${otherId}::uuid, ${userId}::uuid))
           ) as "isBlocked",
           c.id as "conversationId", c.status,
           r.id as "requestId", r.sender_id as "requesterId"
    from users me
    left join users other on other.id = ${otherId}
    left join conversations c on c.user1_id = least(${userId}::uuid, ${otherId}::uuid)
                             and c.user2_id = greatest(${userId}::uuid, ${otherId}::uuid)
    left join message_requests r on r.conversation_id = c.id and r.status = 'pending'
    where me.id = ${userId} and not me.deleted`.execute(db)
  const [row] = rows
  if (row === undefined) return undefined
  const { requestId, requesterId, ...footing } = row
  const isPending = requestId !== null && requesterId !== null
  return { ...footing, pending: isPending ? { requestId, senderId: requesterId } : undefined }
}
