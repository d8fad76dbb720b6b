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

/**
 * Notes that the events of a batch are applied one by one from now on. Returns false if it has been applied as a whole.
 * Waits for another transaction that is at the same batch.
 */
export async function splitInInbox<DB>(db: Kysely<DB>, durable: string, batchId: string): Promise<boolean> {
  const { rows } = await sql<{ is_split: boolean }>`
    insert into inbox (durable, event_id, is_split) values (${durable}, ${batchId}::uuid, true)
    on conflict (durable, event_id) do update set is_split = inbox.is_split
    returning is_split`.execute(db)
  return rows[0]?.is_split === true
}

/** Returns those of some batches that were taken apart. */
export async function listSplit<DB>(trx: Transaction<DB>, durable: string, batchIds: readonly string[]) {
  const { rows } = await sql<{ event_id: string }>`
    select event_id from inbox
    where durable = ${durable} and event_id = any(${batchIds}::uuid[]) and is_split`.execute(trx)
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
