import { type Kysely, sql, type Transaction } from 'kysely'
import type { ChatDatabase, RequestRow } from '#src/schema.ts'

/** A request whose gathering and people are known. */
export interface KnownRequest extends RequestRow {
  event_id: string
  host_id: string
  guest_id: string
}

/**
 * Stores a request's state unless a later one is known, and locks it until the transaction ends, so that its thread is
 * made and moved by one transaction at a time. Returns false for a later one, and for the same one unless it was incomplete.
 */
export async function upsertRequest(trx: Transaction<ChatDatabase>, request: KnownRequest): Promise<boolean> {
  const { id, status, version, event_id, host_id, guest_id, booking_id, created_at } = request
  const { rows } = await sql`
    insert into requests as r (id, status, version, event_id, host_id, guest_id, booking_id, created_at)
    values (${id}, ${status}, ${version}, ${event_id}, ${host_id}, ${guest_id}, ${booking_id}, ${created_at})
    on conflict (id) do update set
      status = excluded.status, version = excluded.version, event_id = excluded.event_id, host_id = excluded.host_id,
      guest_id = excluded.guest_id, booking_id = coalesce(excluded.booking_id, r.booking_id),
      created_at = coalesce(excluded.created_at, r.created_at)
    where r.version < excluded.version or (r.version = excluded.version and r.created_at is null)
    returning id`.execute(trx)
  return rows.length === 1
}

export async function findRequest(db: Kysely<ChatDatabase>, id: string): Promise<KnownRequest | undefined> {
  return selectKnown(db, id).executeTakeFirst()
}

/** The request, locked, so that its thread is made and moved by one transaction at a time. */
export async function lockRequest(trx: Transaction<ChatDatabase>, id: string): Promise<KnownRequest | undefined> {
  return selectKnown(trx, id).forUpdate().executeTakeFirst()
}

function selectKnown(db: Kysely<ChatDatabase>, id: string) {
  return db
    .selectFrom('requests')
    .selectAll()
    .where('id', '=', id)
    .where('event_id', 'is not', null)
    .$narrowType<{ event_id: string; host_id: string; guest_id: string }>()
}

/** Which requests are still to be copied; undefined when none are. */
export async function findRequestsToCopy(db: Kysely<ChatDatabase>): Promise<{ after_id: string | null } | undefined> {
  return db.selectFrom('requests_to_copy').select('after_id').executeTakeFirst()
}

/** Goes on after this request with copying; null: that was the last one. */
export async function moveRequestsToCopy(trx: Transaction<ChatDatabase>, afterId: string | null): Promise<void> {
  if (afterId === null) await trx.deleteFrom('requests_to_copy').execute()
  else await trx.updateTable('requests_to_copy').set({ after_id: afterId }).execute()
}
