import { UserRegistered } from '@belay/contracts'
import { recordEvent } from '@belay/events'
import { EmailTaken } from '#src/errors.ts'
import type { People } from '#src/context.ts'
import { issueTokens, type SignedInUser, startSignIn } from '#src/sign-ins/start-sign-in.ts'
import { toAccount } from '#src/users/account.ts'
import { confirmRegistration, isRegistering } from '#src/users/registration.ts'
import { findUserByEmail, insertUser } from '#src/users/users.repository.ts'

interface Registration {
  email: string
  password: string
  display_name: string
}

/**
 * Creates an account and signs its owner in. Of two registrations at the same instant, the database lets one succeed. The
 * same registration again, before every service knew the account, signs in to the account that the first one created.
 * @throws EmailTaken
 */
export async function register(people: People, input: Registration): Promise<SignedInUser> {
  const passwordHash = await people.passwords.hash(input.password)
  const created = await createAccount(people, { ...input, passwordHash })
  const user = created?.user ?? (await findOwnRegistration(people, input))
  if (user === undefined) throw new EmailTaken()
  const signIn = created?.signIn ?? (await people.store.transaction((trx) => startSignIn(trx, people, user.id)))
  return issueTokens(people, user, signIn)
}

/** Returns undefined when the address has an account. */
function createAccount(people: People, input: { email: string; display_name: string; passwordHash: string }) {
  return people.store.transaction(async (trx) => {
    const now = people.clock.now()
    const user = await insertUser(trx, {
      id: people.newId(),
      email: input.email,
      password_hash: input.passwordHash,
      display_name: input.display_name,
      created_at: now,
      updated_at: now
    })
    if (user === undefined) return undefined
    await recordEvent(trx, UserRegistered, { subject: user.id, data: toAccount(user) })
    return { user, signIn: await startSignIn(trx, people, user.id) }
  })
}

/** Returns the account that this registration created before every service knew it; now every service does. */
async function findOwnRegistration(people: People, input: { email: string; password: string }) {
  const user = await findUserByEmail(people.store.db, input.email)
  if (user === undefined || !(await isRegistering(people.store, user.id))) return undefined
  if (!(await people.passwords.verify(user.password_hash, input.password))) return undefined
  await confirmRegistration(people.store, user.id)
  return user
}
