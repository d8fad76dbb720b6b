import { type Kysely, sql, type Transaction } from 'kysely'
import type { PeopleDatabase } from '#src/schema.ts'

/** How long after its exchange a refresh token may be used again: by a second tab, or after a lost response. */
const graceSeconds = 30
/** More exchanges than one family makes within the grace period. */
const graceTokensMax = 1_000

const inGrace = sql<boolean>`coalesce(used_at > clock_timestamp() - make_interval(secs => ${graceSeconds}), false)`

/** Refresh tokens with the sign-ins and accounts they belong to, in any state; unknown ones are left out. */
export async function listRefreshTokens(db: Kysely<PeopleDatabase>, tokenHashes: readonly Buffer[]) {
  if (tokenHashes.length === 0) return []
  return db
    .selectFrom('refresh_tokens')
    .innerJoin('sign_ins', 'sign_ins.id', 'refresh_tokens.sign_in_id')
    .innerJoin('users', 'users.id', 'sign_ins.user_id')
    .select([
      'refresh_tokens.token_hash',
      'refresh_tokens.expires_at',
      'refresh_tokens.used_at',
      inGrace.as('in_grace'),
      'sign_ins.id as sign_in_id',
      'sign_ins.revoked_at',
      'users.id as user_id',
      'users.disabled'
    ])
    .where('refresh_tokens.token_hash', 'in', tokenHashes)
    .execute()
}

/** A refresh token as `listRefreshTokens` finds it. */
export type FoundRefreshToken = Awaited<ReturnType<typeof listRefreshTokens>>[number]

/** Locks a sign-in against other exchanges until the transaction ends; false when it was revoked. */
export async function lockSignIn(trx: Transaction<PeopleDatabase>, id: string): Promise<boolean> {
  const locked = await trx
    .selectFrom('sign_ins')
    .select('id')
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .forUpdate()
    .executeTakeFirst()
  return locked !== undefined
}

/** Returns the unused token of a sign-in and those that were exchanged within the grace period. */
export async function listTokensInGrace(trx: Transaction<PeopleDatabase>, signInId: string) {
  return trx
    .selectFrom('refresh_tokens')
    .select(['token_hash', 'used_at', 'successor_salt'])
    .where('sign_in_id', '=', signInId)
    .where((eb) => eb.or([eb('used_at', 'is', null), inGrace]))
    .orderBy('used_at', (order) => order.desc().nullsFirst())
    .limit(graceTokensMax)
    .execute()
}

export async function insertSignIn(
  trx: Transaction<PeopleDatabase>,
  row: { id: string; user_id: string; created_at: Date; expires_at: Date }
): Promise<void> {
  await trx.insertInto('sign_ins').values(row).execute()
}

export async function insertRefreshToken(
  trx: Transaction<PeopleDatabase>,
  row: { token_hash: Buffer; sign_in_id: string; created_at: Date; expires_at: Date }
): Promise<void> {
  await trx.insertInto('refresh_tokens').values(row).execute()
}

/** Marks a token as used; false when it already was, so that of many at once one alone succeeds. */
export async function useRefreshToken(
  trx: Transaction<PeopleDatabase>,
  tokenHash: Buffer,
  successorSalt: Buffer
): Promise<boolean> {
  const used = await trx
    .updateTable('refresh_tokens')
    .set({ used_at: sql`clock_timestamp()`, successor_salt: successorSalt })
    .where('token_hash', '=', tokenHash)
    .where('used_at', 'is', null)
    .executeTakeFirst()
  return used.numUpdatedRows === 1n
}

/** Moves the end of a locked sign-in. */
export async function prolongSignIn(trx: Transaction<PeopleDatabase>, id: string, expiresAt: Date): Promise<void> {
  await trx.updateTable('sign_ins').set({ expires_at: expiresAt }).where('id', '=', id).execute()
}

/** Ends a sign-in with all its tokens; false when it had ended before. */
export async function revokeSignIn(db: Kysely<PeopleDatabase>, id: string, now: Date): Promise<boolean> {
  const revoked = await db
    .updateTable('sign_ins')
    .set({ revoked_at: now })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return revoked.numUpdatedRows === 1n
}

/** Deletes every sign-in of this person. */
export async function deleteSignInsOf(trx: Transaction<PeopleDatabase>, userId: string): Promise<void> {
  await trx.deleteFrom('sign_ins').where('user_id', '=', userId).execute()
}

/** Deletes up to `limit` sign-ins whose last token expired before this instant. Returns the number of deleted rows. */
export async function deleteSignInsExpiredBefore(
  db: Kysely<PeopleDatabase>,
  before: Date,
  limit: number
): Promise<number> {
  const deleted = await db
    .deleteFrom('sign_ins')
    .where('id', 'in', (eb) =>
      eb.selectFrom('sign_ins').select('id').where('expires_at', '<', before).limit(limit).forUpdate().skipLocked()
    )
    .executeTakeFirst()
  return Number(deleted.numDeletedRows)
}

/** Deletes up to `limit` refresh tokens that expired before this instant. Returns the number of deleted rows. */
export async function deleteTokensExpiredBefore(
  db: Kysely<PeopleDatabase>,
  before: Date,
  limit: number
): Promise<number> {
  const deleted = await db
    .deleteFrom('refresh_tokens')
    .where('token_hash', 'in', (eb) =>
      eb
        .selectFrom('refresh_tokens')
        .select('token_hash')
        .where('expires_at', '<', before)
        .limit(limit)
        .forUpdate()
        .skipLocked()
    )
    .executeTakeFirst()
  return Number(deleted.numDeletedRows)
}
