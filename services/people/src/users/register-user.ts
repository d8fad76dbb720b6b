import { type RegisterBody, UserRegistered } from '@belay/contracts'
import { recordEvent } from '@belay/events'
import type { Static } from 'typebox'
import { EmailTaken } from '#src/errors.ts'
import type { People } from '#src/people.ts'
import { type SignedInResult, toSignedIn } from '#src/sign-ins/signed-in.ts'
import { startSignIn } from '#src/sign-ins/start-sign-in.ts'
import { toAccount } from '#src/users/user.ts'
import { confirmRegistration, isRegistering } from '#src/users/registration.ts'
import { findUserByEmail, insertUser } from '#src/users/users.repository.ts'

/**
 * Opens an account and signs its owner in; the database decides between two at once. The same registration again, while
 * the first was not in effect everywhere, signs in to the account that it opened.
 * @throws EmailTaken
 */
export async function registerUser(people: People, input: Static<typeof RegisterBody>): Promise<SignedInResult> {
  const passwordHash = await people.passwords.hash(input.password)
  const opened = await openAccount(people, { ...input, passwordHash })
  const user = opened?.user ?? (await findOwnRegistration(people, input))
  if (user === undefined) throw new EmailTaken()
  const signIn = opened?.signIn ?? (await people.store.transaction((trx) => startSignIn(trx, people, user.id)))
  return toSignedIn(people, user, signIn)
}

/** Undefined when the address has an account. */
function openAccount(people: People, input: { email: string; display_name: string; passwordHash: string }) {
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

/** The account that this very registration opened when it was not in effect everywhere; now it is. */
async function findOwnRegistration(people: People, input: { email: string; password: string }) {
  const user = await findUserByEmail(people.store.db, input.email)
  if (user === undefined || !(await isRegistering(people.store, user.id))) return undefined
  if (!(await people.passwords.verify(user.password_hash, input.password))) return undefined
  await confirmRegistration(people.store, user.id)
  return user
}
