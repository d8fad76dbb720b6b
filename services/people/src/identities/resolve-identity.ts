import { UserRegistered } from '@belay/contracts'
import { recordEvent } from '@belay/events'
import type { Transaction } from 'kysely'
import { claimedDisplayName, claimedEmail, type IdentityClaims } from '#src/identities/claims.ts'
import { findIdentity, insertIdentity, lockIdentity } from '#src/identities/identities.repository.ts'
import type { People } from '#src/context.ts'
import type { PeopleDatabase } from '#src/schema.ts'
import { confirmAccount } from '#src/users/registration.ts'
import { toAccount } from '#src/users/account.ts'
import { insertUser, insertUserWithoutEmail, type User } from '#src/users/users.repository.ts'

/**
 * Returns the id of the user behind a verified token of the host app's identity provider. The first token of a person
 * creates their account, and first tokens at the same instant create one.
 * @throws NotYetEffective while a service does not know the account
 */
export async function resolveIdentity(people: People, claims: IdentityClaims): Promise<string> {
  return confirmAccount(people.store, () => findOrCreate(people, claims))
}

async function findOrCreate(people: People, claims: IdentityClaims): Promise<string> {
  const { issuer, subject } = claims
  const known = await findIdentity(people.store.db, issuer, subject)
  if (known !== undefined) return known
  return people.store.transaction(async (trx) => {
    await lockIdentity(trx, issuer, subject)
    const meanwhile = await findIdentity(trx, issuer, subject)
    if (meanwhile !== undefined) return meanwhile
    const user = await createAccount(trx, people, claims)
    await insertIdentity(trx, { issuer, subject, user_id: user.id, created_at: user.created_at })
    await recordEvent(trx, UserRegistered, { subject: user.id, data: toAccount(user) })
    return user.id
  })
}

/** Creates an account without a password, and without the address in the token if another account has it. */
async function createAccount(trx: Transaction<PeopleDatabase>, people: People, claims: IdentityClaims): Promise<User> {
  const now = people.clock.now()
  const id = people.newId()
  const row = { id, password_hash: null, display_name: claimedDisplayName(claims), created_at: now, updated_at: now }
  const user = await insertUser(trx, { ...row, email: claimedEmail(claims) })
  return user ?? insertUserWithoutEmail(trx, row)
}
