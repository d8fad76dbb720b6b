import type { Migration } from '@belay/db'
import { sql } from 'kysely'

/** Tables of limits and idempotency keys, in the service's own schema. Frozen: new migrations are only added. */
export const kitMigrations: Record<string, Migration> = {
  '20261101T0010_kit_rate_limits': {
    async up(db) {
      // Rows are updated at every use: free space on the page keeps the new version there.
      await sql`
        create table rate_limits (
          subject text not null,
          limit_name text not null,
          window_started_at timestamptz not null,
          used integer not null check (used >= 0),
          primary key (subject, limit_name)
        ) with (fillfactor = 70)`.execute(db)
    }
  },
  '20261101T0011_kit_idempotency_keys': {
    async up(db) {
      await sql`
        create table idempotency_keys (
          user_id uuid not null,
          route text not null,
          key text not null,
          request_hash text not null,
          claim_id uuid not null,
          claimed_at timestamptz not null,
          expires_at timestamptz not null,
          status integer,
          content_type text,
          body text,
          primary key (user_id, route, key)
        )`.execute(db)
      await sql`create index idempotency_keys_expires_at on idempotency_keys (expires_at)`.execute(db)
    }
  },
  '20261125T0012_kit_answers_with_their_effect': {
    async up(db) {
      // An answer now commits with its effect: claims no longer exist, and the calls of claimed rows have ended.
      await sql`delete from idempotency_keys where status is null`.execute(db)
      await sql`
        alter table idempotency_keys
          drop column claim_id,
          drop column claimed_at,
          add column awaits bigint[] not null default '{}'`.execute(db)
    }
  }
}
