import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/**
 * For a service that has no `users` yet: spread into its `migrations`, older by name than the service's own. Frozen: only
 * ever added to.
 */
export const accountMigrations: Record<string, Migration> = {
  '20261101T0000_people_users': {
    async up(db) {
      await sql`
        create table users (
          id uuid primary key,
          display_name text not null,
          avatar text,
          tier text not null,
          role text not null,
          disabled boolean not null,
          deleted boolean not null default false,
          version integer not null
        )`.execute(db)
    }
  }
}

/** The same for `blocks`. */
export const blockMigrations: Record<string, Migration> = {
  '20261101T0001_people_blocks': {
    async up(db) {
      await sql`
        create table blocks (
          blocker_id uuid not null,
          blocked_id uuid not null,
          active boolean not null,
          version integer not null,
          primary key (blocker_id, blocked_id)
        )`.execute(db)
      await sql`create index blocks_by_blocked on blocks (blocked_id)`.execute(db)
    }
  }
}
