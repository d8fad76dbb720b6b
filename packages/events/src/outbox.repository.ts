import type { EventEnvelope } from '@belay/contracts'
import { sendTogether } from '@belay/db'
import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely'
import type { NewRow, OutboxItem, StoredRow } from './outbox-row.ts'

/** Appends facts and marks them pending; they keep their order. */
export async function insertOutbox<DB>(
  trx: Transaction<DB>,
  rows: readonly NewRow[],
  causeId: string | null
): Promise<OutboxItem[]> {
  const inserted = await insertion(rows, causeId).execute(trx)
  return itemsOf(rows, inserted.rows)
}

/** Appends facts, marks them pending and commits the transaction, in one round trip; they keep their order. */
export async function commitWithOutbox<DB>(
  trx: Transaction<DB>,
  rows: readonly NewRow[],
  causeId: string | null
): Promise<OutboxItem[]> {
  const [inserted] = await sendTogether(trx, insertion(rows, causeId), sql<never>`commit`)
  return itemsOf(rows, inserted)
}

function insertion(rows: readonly NewRow[], causeId: string | null): RawBuilder<{ position: number }> {
  // As texts of their own: taking a JSON array apart would fail on escapes that JSON has and Postgres' text has not.
  return sql`
    /* prepared */ with recorded as (
      insert into outbox (id, type, envelope, refs, cause_id)
      select id, type, envelope, refs, ${causeId}::uuid
      from unnest(${rows.map(({ fact }) => fact.id)}::uuid[], ${rows.map(({ fact }) => fact.type)}::text[],
                  ${rows.map(({ json, refs }) => (refs === null ? json : null))}::json[],
                  ${rows.map(({ refs }) => refs)}::json[])
           with ordinality as item (id, type, envelope, refs, place)
      order by place
      returning position
    ), pending as (
      insert into outbox_pending (position) select position from recorded
    )
    select position from recorded order by position`
}

/**
 * Returns the common table expressions `recorded (position)` and `pending`, for a service that records a batch within a
 * statement of its own and then passes it to `store.handOver`. Its events must fit into `batchBytesMax`.
 */
export function outboxInsertion(batch: {
  id: string
  type: string
  /** A query of one row and one column: a JSON array of what `EventReferences.refOf` returns. Null records no batch. */
  refs: RawBuilder<unknown>
}): RawBuilder<unknown> {
  return sql`recorded as (
      insert into outbox (id, type, refs)
      select ${batch.id}::uuid, ${batch.type}::text, refs from (${batch.refs}) as batch (refs) where refs is not null
      returning position
    ), pending as (
      insert into outbox_pending (position) select position from recorded
    )`
}

function itemsOf(rows: readonly NewRow[], inserted: readonly { position: number }[]): OutboxItem[] {
  return rows.flatMap(({ fact, json }, index) => {
    const row = inserted[index]
    return row === undefined ? [] : { position: row.position, fact, json }
  })
}

/** The single events at some positions, in their order; those older than the outbox keeps are left out. */
export async function listOutboxAt<DB>(db: Kysely<DB>, positions: readonly number[]): Promise<EventEnvelope[]> {
  const { rows } = await sql<{ envelope: EventEnvelope }>`
    select envelope from outbox
    where position = any(${positions}::bigint[]) and json_typeof(envelope) = 'object' order by position`.execute(db)
  return rows.map((row) => row.envelope)
}

/** The single events that were recorded while an event was being applied, in their order. */
export async function listOutboxCausedBy<DB>(db: Kysely<DB>, causeId: string): Promise<EventEnvelope[]> {
  const { rows } = await sql<{ envelope: EventEnvelope }>`
    select envelope from outbox
    where cause_id = ${causeId}::uuid and json_typeof(envelope) = 'object' order by position`.execute(db)
  return rows.map((row) => row.envelope)
}

/**
 * Locks the oldest pending events that no other relay is publishing, until the transaction ends. `graceMs` leaves out
 * what was recorded just now and is still on its way from the process that recorded it.
 */
export async function claimPending<DB>(
  trx: Transaction<DB>,
  options: { graceMs: number; limit: number }
): Promise<StoredRow[]> {
  const { rows } = await sql<StoredRow>`
    /* prepared */ select outbox.position, outbox.id, outbox.type, outbox.envelope, outbox.refs
    from outbox_pending join outbox using (position)
    where outbox.created_at <= now() - make_interval(secs => ${options.graceMs / 1000}::double precision)
    order by outbox_pending.position
    limit ${options.limit}::int
    for update of outbox_pending skip locked`.execute(trx)
  return rows
}

/** Events that are in the stream: no longer pending. */
export async function deletePending<DB>(db: Kysely<DB>, positions: readonly number[]): Promise<void> {
  await sql`/* prepared */ delete from outbox_pending where position = any(${positions}::bigint[])`.execute(db)
}

export async function countPending<DB>(db: Kysely<DB>): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) as count from outbox_pending`.execute(db)
  return rows[0]?.count ?? 0
}

/** Highest position so far, 0 for an empty outbox. */
export async function findLastPosition<DB>(db: Kysely<DB>): Promise<number> {
  const { rows } = await sql<{ last: number }>`select coalesce(max(position), 0) as last from outbox`.execute(db)
  return rows[0]?.last ?? 0
}

/** One page of the outbox after a position; rows older than `since` are without content. */
export async function listOutbox<DB>(
  db: Kysely<DB>,
  page: { after: number; until: number; since: Date; limit: number }
): Promise<StoredRow[]> {
  const { rows } = await sql<StoredRow>`
    select outbox.position, outbox.id, outbox.type,
      case when outbox.created_at >= ${page.since} then outbox.envelope end as envelope,
      case when outbox.created_at >= ${page.since} then outbox.refs end as refs
    from outbox
    where outbox.position > ${page.after} and outbox.position <= ${page.until}
    order by outbox.position
    limit ${page.limit}::int`.execute(db)
  return rows
}

/**
 * Deletes done rows older than a time among the `limit` oldest. Returns the number of deleted rows. Positions follow time
 * closely enough for the oldest rows to be the first ones, so that no index on the time is needed.
 */
export async function deleteOldOutbox<DB>(db: Kysely<DB>, options: { olderThanDays: number; limit: number }) {
  const { rows } = await sql<{ deleted: number }>`
    with oldest as (
      select position, created_at from outbox order by position limit ${options.limit}::int
    ), deleted as (
      delete from outbox using oldest
      where outbox.position = oldest.position
        and oldest.created_at < now() - make_interval(days => ${options.olderThanDays}::int)
        and not exists (select from outbox_pending where outbox_pending.position = outbox.position)
      returning 1
    )
    select count(*) as deleted from deleted`.execute(db)
  return rows[0]?.deleted ?? 0
}

/** Whether this transaction is now the one that fills the stream again; no other of this service is until it ends. */
export async function lockRefill<DB>(trx: Transaction<DB>): Promise<boolean> {
  const { rows } = await sql<{ locked: boolean }>`
    select pg_try_advisory_xact_lock(hashtext(current_schema() || '.refill-stream')) as locked`.execute(trx)
  return rows[0]?.locked === true
}
