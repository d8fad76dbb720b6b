import { type Kysely, sql } from 'kysely'

/** A person whom many like, block or write to is looked up together with one of them. Outside of a transaction: the tables may be large. */
export const transaction = false

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`drop index concurrently if exists blocks_by_blocked_and_blocker`.execute(db)
  await sql`create index concurrently blocks_by_blocked_and_blocker on blocks (blocked_id, blocker_id)`.execute(db)
  await sql`drop index concurrently if exists blocks_by_blocked`.execute(db)
  await sql`drop index concurrently if exists likes_by_liked_and_liker`.execute(db)
  await sql`create index concurrently likes_by_liked_and_liker on likes (liked_id, liker_id)`.execute(db)
  await sql`drop index concurrently if exists likes_by_liked`.execute(db)
  await sql`drop index concurrently if exists written_to_by_receiver_and_sender`.execute(db)
  await sql`
    create index concurrently written_to_by_receiver_and_sender on written_to (receiver_id, sender_id)`.execute(db)
  await sql`drop index concurrently if exists written_to_by_receiver`.execute(db)
}
