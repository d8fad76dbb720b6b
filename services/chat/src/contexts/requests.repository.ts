import { sql, type Transaction } from 'kysely'
import type { ChatDatabase, RequestRow } from '#src/schema.ts'

/**
 * Takes in a request's state unless a later one is known, and locks it until the transaction ends, so that its thread
 * is made and moved by one transaction at a time. Answers whether the state is news.
 */
export async function upsertRequest(trx: Transaction<ChatDatabase>, request: RequestRow): Promise<boolean> {
  const { rows } = await sql`
    insert into requests as r (id, status, version) values (${request.id}, ${request.status}, ${request.version})
    on conflict (id) do update set status = excluded.status, version = excluded.version
    where r.version < excluded.version
    returning id`.execute(trx)
  return rows.length === 1
}

/** The request's state as it stands here, locked, so that its thread is made and moved by one transaction at a time. */
export async function lockRequest(trx: Transaction<ChatDatabase>, id: string): Promise<RequestRow | undefined> {
  return trx.selectFrom('requests').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
}
