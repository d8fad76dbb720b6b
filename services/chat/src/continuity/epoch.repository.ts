import type { RunOnConnection } from '@belay/db'
import { type Kysely, sql } from 'kysely'
import type { ChatDatabase } from '#src/schema.ts'

/** Returns the epoch of all threads; a `seq` is a position in one epoch. */
export async function findEpoch(db: Kysely<ChatDatabase>): Promise<string> {
  const { epoch } = await db.selectFrom('continuity').select('epoch').executeTakeFirstOrThrow()
  return epoch
}

/** Begins a new epoch and returns it. */
export async function replaceEpoch(db: Kysely<ChatDatabase>, epoch: string): Promise<string> {
  await db.updateTable('continuity').set({ epoch }).execute()
  return epoch
}

/**
 * Compares the server with the one that the epoch was last seen on, and begins `nextEpoch` when it is a different one: its
 * system identifier differs, or its timeline branched off from a backup or a replica. Of several replicas one changes it.
 * Returns whether this call did.
 */
export async function followServer(run: RunOnConnection, nextEpoch: string): Promise<boolean> {
  // The timeline of the current WAL position: the control file names that of the last checkpoint.
  const [row] = await run(sql<{ changed: boolean }>`
    with server as (
      select system_identifier::text,
             ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer as timeline
      from pg_control_system()
    ), before as materialized (select system_identifier, timeline from continuity for update)
    update continuity c set
      epoch = case when b.system_identifier is null then c.epoch else ${nextEpoch}::uuid end,
      system_identifier = s.system_identifier,
      timeline = s.timeline
    from server s, before b
    where (b.system_identifier, b.timeline) is distinct from (s.system_identifier, s.timeline)
    returning b.system_identifier is not null as changed`)
  return row?.changed ?? false
}

/** Returns whether the server is in recovery or a standby: nothing can be written, and its timeline may still change. */
export async function isRecovering(run: RunOnConnection): Promise<boolean> {
  const [row] = await run(sql<{ recovering: boolean }>`select pg_is_in_recovery() as recovering`)
  return row?.recovering ?? true
}
