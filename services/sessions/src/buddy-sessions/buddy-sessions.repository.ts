import { type Kysely, sql, type Transaction } from 'kysely'
import type { BuddySessionRow, ReputationCreditRow, SessionsDatabase } from '#src/schema.ts'

/** A session with the names and challenges of its two people. */
export type BuddySessionView = NonNullable<Awaited<ReturnType<typeof findBuddySessionView>>>

export async function findBuddySessionView(db: Kysely<SessionsDatabase>, id: string) {
  return db
    .selectFrom('buddy_sessions as session')
    .innerJoin('users as user1', 'user1.id', 'session.user1_id')
    .innerJoin('users as user2', 'user2.id', 'session.user2_id')
    .innerJoin('challenges as challenge1', 'challenge1.id', 'session.user1_challenge_id')
    .innerJoin('challenges as challenge2', 'challenge2.id', 'session.user2_challenge_id')
    .selectAll('session')
    .select([
      'user1.display_name as user1_name',
      'challenge1.title as challenge1_title',
      'challenge1.description as challenge1_description',
      'challenge1.difficulty as challenge1_difficulty',
      'challenge1.points as challenge1_points',
      'user2.display_name as user2_name',
      'challenge2.title as challenge2_title',
      'challenge2.description as challenge2_description',
      'challenge2.difficulty as challenge2_difficulty',
      'challenge2.points as challenge2_points'
    ])
    .where('session.id', '=', id)
    .executeTakeFirst()
}

/** Locks a session until the transaction ends. */
export async function lockBuddySession(
  trx: Transaction<SessionsDatabase>,
  id: string
): Promise<BuddySessionRow | undefined> {
  return trx.selectFrom('buddy_sessions').selectAll().where('id', '=', id).forNoKeyUpdate().executeTakeFirst()
}

/** False, and nothing is written, when the match has a scheduled session. */
export async function insertBuddySession(
  trx: Transaction<SessionsDatabase>,
  row: Omit<
    BuddySessionRow,
    'user1_confirmed_by_user2' | 'user2_confirmed_by_user1' | 'notes' | 'status' | 'completed_at' | 'version'
  >
): Promise<BuddySessionRow | undefined> {
  return trx
    .insertInto('buddy_sessions')
    .values({
      ...row,
      status: 'scheduled',
      version: 1,
      user1_confirmed_by_user2: false,
      user2_confirmed_by_user1: false,
      notes: '',
      completed_at: null
    })
    .onConflict((conflict) =>
      conflict
        .column('match_id')
        // Spelled out, not bound: the condition has to match the index's own.
        .where(sql<boolean>`status = 'scheduled'`)
        .doNothing()
    )
    .returningAll()
    .executeTakeFirst()
}

/** Writes a change to a session that the caller holds locked; its version grows. */
export async function updateBuddySession(
  trx: Transaction<SessionsDatabase>,
  id: string,
  change: Partial<
    Pick<BuddySessionRow, 'status' | 'user1_confirmed_by_user2' | 'user2_confirmed_by_user1' | 'completed_at'>
  >,
  now: Date
): Promise<BuddySessionRow> {
  return trx
    .updateTable('buddy_sessions')
    .set((set) => ({ ...change, version: set('version', '+', 1), updated_at: now }))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

export async function updateNotes(
  trx: Transaction<SessionsDatabase>,
  id: string,
  notes: string,
  now: Date
): Promise<void> {
  await trx.updateTable('buddy_sessions').set({ notes, updated_at: now }).where('id', '=', id).execute()
}

/** Cancels the scheduled sessions of a match, of those that were created before `createdBefore` if it is given. */
export async function cancelScheduled(
  trx: Transaction<SessionsDatabase>,
  { matchId, createdBefore, now }: { matchId: string; createdBefore: Date | undefined; now: Date }
): Promise<BuddySessionRow[]> {
  return trx
    .updateTable('buddy_sessions')
    .set((set) => ({ status: 'cancelled' as const, version: set('version', '+', 1), updated_at: now }))
    .where('match_id', '=', matchId)
    .where('status', '=', 'scheduled')
    .$if(createdBefore !== undefined, (query) => query.where('created_at', '<=', createdBefore ?? now))
    .returningAll()
    .execute()
}

export async function insertCredits(
  trx: Transaction<SessionsDatabase>,
  credits: readonly ReputationCreditRow[]
): Promise<void> {
  await trx
    .insertInto('reputation_credits')
    .values([...credits])
    .execute()
}
