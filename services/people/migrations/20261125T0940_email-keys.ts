import { type Kysely, type RawBuilder, sql } from 'kysely'

const batchSize = 1_000

/**
 * An address is unique in all its spellings, not only in the case of its letters. Of accounts that turn out to share
 * one, the one with a password keeps it, then the oldest: the others are signed in to by another identity provider, and
 * only still show it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table users add column email_key text`.execute(db)
  await sql`create unique index users_by_email_key on users (email_key)`.execute(db)
  await fillKeys(db, sql`password_hash is not null`)
  await fillKeys(db, sql`password_hash is null`)
  await sql`drop index users_by_email`.execute(db)
}

async function fillKeys(db: Kysely<unknown>, which: RawBuilder<unknown>): Promise<void> {
  let after = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const { rows } = await sql<{ id: string; email: string }>`
      select id, email from users where id > ${after} and email is not null and ${which}
      order by id limit ${batchSize}`.execute(db)
    const last = rows.at(-1)
    if (last === undefined) return
    after = last.id
    const keys = rows.map(({ id, email }) => ({ id, key: emailKey(email) }))
    await sql`
      update users set email_key = first.key
      from (
        select distinct on (key) key, id from jsonb_to_recordset(${JSON.stringify(keys)}) as named (id uuid, key text)
        order by key, id
      ) as first
      where users.id = first.id and not exists (select from users as owner where owner.email_key = first.key)`.execute(
      db
    )
  }
}

/** The key as it was defined when this was written. */
function emailKey(email: string): string {
  const at = email.lastIndexOf('@')
  const local = email.slice(0, Math.max(at, 0)).normalize('NFC').toLowerCase().normalize('NFC')
  const domain = email.slice(at + 1)
  const ascii = /^[\p{L}\p{M}\p{N}\p{S}.\u3002\u00b7-]+$/u.test(domain)
    ? (URL.parse(`http://${domain}`)?.hostname ?? '')
    : ''
  return `${local}@${ascii || domain.normalize('NFC').toLowerCase()}`
}
