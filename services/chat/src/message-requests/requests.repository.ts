import { type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import type { ChatDatabase, MessageRequestRow } from '#src/schema.ts'

export type MessageRequest = Selectable<MessageRequestRow>

/** Returns a request; undefined for an unknown one. */
export async function findRequest(db: Kysely<ChatDatabase>, id: string): Promise<MessageRequest | undefined> {
  return db.selectFrom('message_requests').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Returns the request that waits for an answer between two people. */
export async function findPending(
  db: Kysely<ChatDatabase>,
  conversationId: string
): Promise<MessageRequest | undefined> {
  return db
    .selectFrom('message_requests')
    .selectAll()
    .where('conversation_id', '=', conversationId)
    .where('status', '=', 'pending')
    .executeTakeFirst()
}

/** Returns the requests to and from a person that wait for an answer. */
export async function listPendingOf(db: Kysely<ChatDatabase>, userId: string): Promise<MessageRequest[]> {
  return db
    .selectFrom('message_requests')
    .selectAll()
    .where('status', '=', 'pending')
    .where((is) => is.or([is('sender_id', '=', userId), is('receiver_id', '=', userId)]))
    .orderBy('id')
    .execute()
}

export async function insertRequest(trx: Transaction<ChatDatabase>, request: MessageRequest): Promise<void> {
  await trx.insertInto('message_requests').values(request).execute()
}

/** Stores the end of requests between people whom the caller holds locked. */
export async function updateRequests(
  trx: Transaction<ChatDatabase>,
  ids: readonly string[],
  status: 'accepted' | 'declined' | 'cancelled',
  now: Date
): Promise<void> {
  await trx.updateTable('message_requests').set({ status, updated_at: now }).where('id', 'in', ids).execute()
}

/** Returns the `seq` of a request's message; undefined until it is in the log. */
export async function findSeqInLog(
  db: Kysely<ChatDatabase>,
  { message_id }: MessageRequest
): Promise<number | undefined> {
  const { rows } = await sql<{ seq: number }>`
    select seq from messages where id = ${message_id} and message_type is not null`.execute(db)
  return rows[0]?.seq
}
