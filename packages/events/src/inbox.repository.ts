import { type Kysely, sql, type Transaction } from 'kysely'

/**
 * Notes events as applied by a durable and returns the ids that were new. Waits for another transaction that is at the
 * same event; ids are inserted in their order, so that two such transactions never wait for each other.
 */
export async function insertInbox<DB>(trx: Transaction<DB>, durable: string, ids: readonly string[]) {
  const { rows } = await sql<{ event_id: string }>`
    /* prepared */ insert into inbox (durable, event_id)
    select ${durable}::text, id from unnest(${ids}::uuid[]) as id order by id
    on conflict do nothing
    returning event_id`.execute(trx)
  return new Set(rows.map((row) => row.event_id))
}

/** Deletes up to `limit` entries older than a time. Returns the number of deleted rows. */
export async function deleteOldInbox<DB>(db: Kysely<DB>, options: { olderThanDays: number; limit: number }) {
  const { rows } = await sql<{ deleted: number }>`
    with old as (
      select durable, event_id from inbox
      where applied_at < now() - make_interval(days => ${options.olderThanDays}::int)
      order by applied_at limit ${options.limit}::int
    ), deleted as (
      delete from inbox using old
      where inbox.durable = old.durable and inbox.event_id = old.event_id
      returning 1
    )
    select count(*) as deleted from deleted`.execute(db)
  return rows[0]?.deleted ?? 0
}
