import { type Kysely, sql, type Transaction } from 'kysely'
import type { PeopleDatabase } from '#src/schema.ts'
import type { Pair } from './matches.repository.ts'

/** Returns whether one person likes another. */
export async function hasLike(db: Kysely<PeopleDatabase>, likerId: string, likedId: string): Promise<boolean> {
  const like = await db
    .selectFrom('likes')
    .select('liker_id')
    .where('liker_id', '=', likerId)
    .where('liked_id', '=', likedId)
    .executeTakeFirst()
  return like !== undefined
}

/** Stores a like, unless it is there. */
export async function insertLike(
  trx: Transaction<PeopleDatabase>,
  like: { liker_id: string; liked_id: string; created_at: Date }
): Promise<void> {
  await trx
    .insertInto('likes')
    .values(like)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** Deletes the likes between two people, in both directions. */
export async function deleteLikesBetween(trx: Transaction<PeopleDatabase>, [one, other]: Pair): Promise<void> {
  await trx
    .deleteFrom('likes')
    .where((eb) => eb.or([eb.and({ liker_id: one, liked_id: other }), eb.and({ liker_id: other, liked_id: one })]))
    .execute()
}

/** Deletes every like by and of a person. Locks them in one order, so that two erasures do not wait for each other. */
export async function deleteLikesOf(trx: Transaction<PeopleDatabase>, userId: string): Promise<void> {
  await sql`
    delete from likes where (liker_id, liked_id) in (
      select liker_id, liked_id from likes where liker_id = ${userId} or liked_id = ${userId}
      order by liker_id, liked_id for update
    )`.execute(trx)
}
