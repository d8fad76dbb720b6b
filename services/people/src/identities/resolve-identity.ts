import { UserRegistered } from '@belay/contracts'
import { recordEvent } from '@belay/events'
import type { Transaction } from 'kysely'
import { claimedDisplayName, claimedEmail, type IdentityClaims } from '#src/identities/claims.ts'
import { findIdentity, insertIdentity, lockIdentity } from '#src/identities/identities.repository.ts'
import type { People } from '#src/people.ts'
import type { PeopleDatabase } from '#src/schema.ts'
import { register } from '#src/users/registration.ts'
import { toAccount } from '#src/users/user.ts'
import { insertUser, insertUserWithoutEmail, type User } from '#src/users/users.repository.ts'

/**
 * The user behind a verified token of the host app's identity provider; the first sight of a person opens their
 * account. However many first sights there are at once, there is one account.
 * @throws NotYetEffective while a service does not know the account
 */
export async function resolveIdentity(people: People, claims: IdentityClaims): Promise<string> {
  return register(people.store, () => findOrOpen(people, claims))
}

async function findOrOpen(people: People, claims: IdentityClaims): Promise<string> {
  const { issuer, subject } = claims
  const known = await findIdentity(people.store.db, issuer, subject)
  if (known !== undefined) return known
  return people.store.transaction(async (trx) => {
    await lockIdentity(trx, issuer, subject)
    const meanwhile = await findIdentity(trx, issuer, subject)
    if (meanwhile !== undefined) return meanwhile
    const user = await openAccount(trx, people, claims)
    await insertIdentity(trx, { issuer, subject, user_id: user.id, created_at: user.created_at })
    await recordEvent(trx, UserRegistered, { subject: user.id, data: toAccount(user) })
    return user.id
  })
}

/** An account without a password. An address that somebody else uses stays theirs: the new account has none then. */
async function openAccount(trx: Transaction<PeopleDatabase>, people: People, claims: IdentityClaims): Promise<User> {
  const now = people.clock.now()
  const id = people.newId()
  const row = { id, password_hash: null, display_name: claimedDisplayName(claims), created_at: now, updated_at: now }
  const user = await insertUser(trx, { ...row, email: claimedEmail(claims) })
  return user ?? insertUserWithoutEmail(trx, row)
}
