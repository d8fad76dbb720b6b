import { type Kysely, sql, type Transaction } from 'kysely'
import type { PeopleDatabase } from '#src/schema.ts'

/** Returns the id of the user behind a token of another identity provider. */
export async function findIdentity(
  db: Kysely<PeopleDatabase>,
  issuer: string,
  subject: string
): Promise<string | undefined> {
  const identity = await db
    .selectFrom('external_identities')
    .select('user_id')
    .where('issuer', '=', issuer)
    .where('subject', '=', subject)
    .executeTakeFirst()
  return identity?.user_id
}

export async function insertIdentity(
  trx: Transaction<PeopleDatabase>,
  row: { issuer: string; subject: string; user_id: string; created_at: Date }
): Promise<void> {
  await trx.insertInto('external_identities').values(row).execute()
}

/** Makes first tokens of the same person wait for each other, until the transaction ends. */
export async function lockIdentity(trx: Transaction<PeopleDatabase>, issuer: string, subject: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${JSON.stringify([issuer, subject])}, 0))`.execute(trx)
}

export async function deleteIdentitiesOf(trx: Transaction<PeopleDatabase>, userId: string): Promise<void> {
  await trx.deleteFrom('external_identities').where('user_id', '=', userId).execute()
}
