import { type ColumnType, type Generated, sql } from 'kysely'
import type { Migration } from '@belay/db'

/** Tables of the outbox, the inbox and the parked events, in the service's own schema. Frozen: only ever added to. */
export const eventMigrations: Record<string, Migration> = {
  '20261101T0000_events_outbox': {
    async up(db) {
      await sql`
        create table outbox (
          position bigint generated always as identity primary key,
          id uuid not null,
          envelope json not null,
          created_at timestamptz not null default clock_timestamp()
        )`.execute(db)
      // A row lives for milliseconds: vacuum by count, at full speed, so that the table stays a few pages.
      await sql`
        create table outbox_pending (position bigint primary key)
        with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0)
      `.execute(db)
    }
  },
  '20261101T0001_events_inbox': {
    async up(db) {
      await sql`
        create table inbox (
          durable text not null,
          event_id uuid not null,
          applied_at timestamptz not null default now(),
          primary key (durable, event_id)
        )`.execute(db)
      await sql`create index inbox_applied_at on inbox (applied_at)`.execute(db)
    }
  },
  '20261101T0002_events_parked': {
    async up(db) {
      await sql`
        create table parked_events (
          id bigint generated always as identity primary key,
          durable text not null,
          event_id uuid,
          payload json not null,
          reason text not null,
          parked_at timestamptz not null default now(),
          unique (durable, event_id)
        )`.execute(db)
    }
  },
  '20261125T0003_events_outbox_cause': {
    async up(db) {
      await sql`alter table outbox add column cause_id uuid`.execute(db)
      await sql`create index outbox_cause_id on outbox (cause_id) where cause_id is not null`.execute(db)
    }
  },
  '20261201T0700_events_batches': {
    async up(db) {
      // Rows from before hold one envelope each: nothing of them is checked or rewritten.
      await sql`
        alter table outbox
          add column type text,
          add column refs json,
          alter column envelope drop not null,
          add constraint outbox_content check (num_nonnulls(envelope, refs) = 1) not valid`.execute(db)
      await sql`alter table inbox add column is_split boolean not null default false`.execute(db)
    }
  }
}

type Written<T> = ColumnType<T, never, never>

/**
 * The tables of `eventMigrations`, for a service's database type to extend. Only this package writes to them; services
 * may read.
 */
export interface EventTables {
  /** Every event this service recorded, append-only, kept for 7 days. */
  outbox: {
    /** Order of recording. Positions commit out of order: never read the table by `position > last seen`. */
    position: Written<number>
    /** Of the event, or of the batch. */
    id: Written<string>
    /** Null in rows from before batches. */
    type: Written<string | null>
    /** An envelope, or those of a batch. */
    envelope: Written<unknown>
    /** What finds the content of a batch in the service's own tables, in place of `envelope`. */
    refs: Written<unknown>
    created_at: Written<Date>
    /** The event whose application recorded this one. */
    cause_id: Written<string | null>
  }
  /** Positions of the outbox that are not in the stream yet. */
  outbox_pending: { position: Written<number> }
  /** What each durable has already applied. */
  inbox: {
    durable: Written<string>
    /** Of an event, or of a batch that was applied as a whole. */
    event_id: Written<string>
    applied_at: Written<Date>
    /** A batch that was taken apart: its events have entries of their own. */
    is_split: Written<boolean>
  }
  /** Events that a durable gave up on. */
  parked_events: {
    id: Generated<number>
    durable: Written<string>
    event_id: Written<string | null>
    /** The envelope, or as JSON text what arrived instead of one. */
    payload: Written<unknown>
    reason: Written<string>
    parked_at: Written<Date>
  }
}
