import { type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import type { MatchRow, PeopleDatabase } from '#src/schema.ts'

export type Match = Selectable<MatchRow>

/** Two people, in either order. */
export type Pair = readonly [string, string]

export async function findMatch(db: Kysely<PeopleDatabase>, pair: Pair): Promise<Match | undefined> {
  return db
    .selectFrom('matches')
    .selectAll()
    .where((eb) => eb.and(idsOf(pair)))
    .executeTakeFirst()
}

export async function findMatchById(db: Kysely<PeopleDatabase>, id: string): Promise<Match | undefined> {
  return db.selectFrom('matches').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Stores that a pair matches; returns undefined when it did. A pair that matches again keeps its id. */
export async function upsertMatch(
  trx: Transaction<PeopleDatabase>,
  match: { id: string; pair: Pair; now: Date }
): Promise<Match | undefined> {
  const { id, pair, now } = match
  return trx
    .insertInto('matches')
    .values({ id, ...idsOf(pair), status: 'matched', version: 1, created_at: now, updated_at: now })
    .onConflict((conflict) =>
      conflict
        .columns(['user1_id', 'user2_id'])
        .doUpdateSet((eb) => ({
          status: 'matched',
          version: eb('matches.version', '+', 1),
          created_at: now,
          updated_at: now
        }))
        .where('matches.status', '<>', 'matched')
    )
    .returningAll()
    .executeTakeFirst()
}

/** Stores that a match ended; returns undefined when the pair has none. */
export async function updateEnded(
  trx: Transaction<PeopleDatabase>,
  ended: { pair: Pair; status: 'unmatched' | 'blocked'; now: Date }
): Promise<Match | undefined> {
  const { pair, status, now } = ended
  return trx
    .updateTable('matches')
    .set((eb) => ({ status, version: eb('version', '+', 1), updated_at: now }))
    .where((eb) => eb.and(idsOf(pair)))
    .where('status', '=', 'matched')
    .returningAll()
    .executeTakeFirst()
}

/** Deletes the matches of a person, ended ones too, and returns them. */
export async function deleteMatchesOf(trx: Transaction<PeopleDatabase>, userId: string): Promise<Match[]> {
  return trx
    .deleteFrom('matches')
    .where((eb) => eb.or([eb('user1_id', '=', userId), eb('user2_id', '=', userId)]))
    .returningAll()
    .execute()
}

/** A match as one of the two sees it, with the other person. */
export interface MatchView {
  match_id: string
  created_at: Date
  id: string
  display_name: string
  profile_photos: string[]
  bio: string
  birthdate: string | null
}

/** Returns the matches of a person that have not ended, the newest first. */
export async function listMatches(
  db: Kysely<PeopleDatabase>,
  userId: string,
  page: { before?: { created_at: string; id: string } | undefined; limit: number }
): Promise<MatchView[]> {
  const { before = { created_at: 'infinity', id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' }, limit } = page
  const side = (mine: 'user1_id' | 'user2_id', other: 'user1_id' | 'user2_id') => sql`
    select id as match_id, created_at, ${sql.ref(other)} as other_id from matches
    where ${sql.ref(mine)} = ${userId} and status = 'matched'
      and (created_at, id) < (${before.created_at}::timestamptz, ${before.id}::uuid)
    order by created_at desc, id desc limit ${limit}`
  const { rows } = await sql<MatchView>`
    select match.match_id, match.created_at, users.id, display_name, profile_photos, bio, birthdate
    from ((${side('user1_id', 'user2_id')}) union all (${side('user2_id', 'user1_id')})) as match
    join users on users.id = match.other_id
    order by match.created_at desc, match.match_id desc limit ${limit}`.execute(db)
  return rows
}

function idsOf([one, other]: Pair): { user1_id: string; user2_id: string } {
  return one < other ? { user1_id: one, user2_id: other } : { user1_id: other, user2_id: one }
}
