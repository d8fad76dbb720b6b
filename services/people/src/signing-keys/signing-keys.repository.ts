import { type Insertable, type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import type { PeopleDatabase, SigningKeyRow } from '#src/schema.ts'

export type SigningKey = Selectable<SigningKeyRow>

/** All keys, the one that signs latest first. There are never more than a few. */
export async function listSigningKeys(db: Kysely<PeopleDatabase>): Promise<SigningKey[]> {
  return db.selectFrom('signing_keys').selectAll().orderBy('signs_from', 'desc').orderBy('id', 'desc').execute()
}

/** Lets one replica at a time add or remove keys, until its transaction ends. */
export async function lockSigningKeys(trx: Transaction<PeopleDatabase>): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('people.signing_keys'))`.execute(trx)
}

export async function insertSigningKey(
  trx: Transaction<PeopleDatabase>,
  row: Insertable<SigningKeyRow>
): Promise<void> {
  await trx.insertInto('signing_keys').values(row).execute()
}

export async function deleteSigningKeys(trx: Transaction<PeopleDatabase>, ids: readonly string[]): Promise<void> {
  await trx.deleteFrom('signing_keys').where('id', 'in', ids).execute()
}
