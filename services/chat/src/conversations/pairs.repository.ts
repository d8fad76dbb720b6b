import { lockUsers } from '@belay/people-projection'
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import type { ChatDatabase, ConversationRow } from '#src/schema.ts'

/** Two people and their one conversation, which is also their thread and their match by its id. */
export interface Pair {
  id: string
  userIds: readonly [string, string]
  /** Null until the conversation opens. */
  status: ConversationRow['status']
  matched: boolean
  /** Of the match's latest event that was applied here. */
  matchVersion: number
}

type People = readonly [string, string]

/**
 * Locks two people until the transaction ends: neither is erased nor blocked by the other meanwhile, and all that is decided
 * about the two takes turns. Locks are taken in one order everywhere: accounts, the pair, rows of conversations, threads.
 * The pair's is an advisory one, because it may have no row yet. Returns the known ones of the two.
 */
export async function lockPair(trx: Transaction<ChatDatabase>, people: People) {
  const users = await lockUsers(trx, people)
  await sql`select pg_advisory_xact_lock(hashtextextended(${inOrder(people).join(' ')}, 0))`.execute(trx)
  return users
}

/** Returns the pair of two people; undefined before there was anything between them. */
export async function findPair(db: Kysely<ChatDatabase>, people: People): Promise<Pair | undefined> {
  const [user1, user2] = inOrder(people)
  const row = await db
    .selectFrom('conversations')
    .selectAll()
    .where('user1_id', '=', user1)
    .where('user2_id', '=', user2)
    .executeTakeFirst()
  return row && toPair(row)
}

/** Returns the pair with this id. */
export async function findPairById(db: Kysely<ChatDatabase>, id: string): Promise<Pair | undefined> {
  const row = await db.selectFrom('conversations').selectAll().where('id', '=', id).executeTakeFirst()
  return row && toPair(row)
}

/** Returns the pair of two people whom the caller holds locked; one that has no id yet gets `id`. */
export async function allotPair(
  trx: Transaction<ChatDatabase>,
  people: People,
  { id, now }: { id: string; now: Date }
): Promise<Pair> {
  const [user1_id, user2_id] = inOrder(people)
  await trx
    .insertInto('conversations')
    .values({ id, user1_id, user2_id, status: null, last_activity: now, created_at: now })
    .onConflict((conflict) => conflict.columns(['user1_id', 'user2_id']).doNothing())
    .execute()
  const pair = await findPair(trx, people)
  if (pair === undefined) throw new Error(`the pair of ${user1_id} and ${user2_id} was not stored`)
  return pair
}

/** Stores how the conversations of locked pairs stand. Opening one is an activity. */
export async function updateStatus(
  trx: Transaction<ChatDatabase>,
  ids: readonly string[],
  status: Exclude<Pair['status'], null>,
  now: Date
): Promise<void> {
  await trx
    .updateTable('conversations')
    .set({ status, ...(status === 'active' && { last_activity: now }) })
    .where('id', 'in', ids)
    .execute()
}

/** Stores whether a locked pair matches, as of a version of the match. */
export async function updateMatch(
  trx: Transaction<ChatDatabase>,
  id: string,
  match: { matched: boolean; version: number }
): Promise<void> {
  await trx
    .updateTable('conversations')
    .set({ matched: match.matched, match_version: match.version })
    .where('id', '=', id)
    .execute()
}

/** Returns the open conversations of a person. */
export async function listActivePairsOf(db: Kysely<ChatDatabase>, userId: string): Promise<Pair[]> {
  const rows = await db
    .selectFrom('conversations')
    .selectAll()
    .where('status', '=', 'active')
    .where((is) => is.or([is('user1_id', '=', userId), is('user2_id', '=', userId)]))
    .execute()
  return rows.map(toPair)
}

function toPair(row: Selectable<ConversationRow>): Pair {
  const { id, user1_id, user2_id, status, matched, match_version: matchVersion } = row
  return { id, userIds: [user1_id, user2_id], status, matched, matchVersion }
}

/** UUIDs in lower case sort as Postgres sorts them. */
function inOrder([one, other]: People): People {
  return one < other ? [one, other] : [other, one]
}
