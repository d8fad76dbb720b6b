import { type Kysely, sql } from 'kysely'

/** The private part is sealed by a secret that the database never sees. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table signing_keys (
      id uuid primary key,
      algorithm text not null,
      public_jwk jsonb not null,
      sealed_private_key bytea not null,
      created_at timestamptz(3) not null,
      signs_from timestamptz(3) not null
    )`.execute(db)
}
