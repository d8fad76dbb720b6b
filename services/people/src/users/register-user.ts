import { type RegisterBody, UserRegistered } from '@belay/contracts'
import { recordEvent } from '@belay/events'
import type { Static } from 'typebox'
import { EmailTaken } from '#src/errors.ts'
import type { People } from '#src/people.ts'
import { type SignedInResult, toSignedIn } from '#src/sign-ins/signed-in.ts'
import { startSignIn } from '#src/sign-ins/start-sign-in.ts'
import { toAccount } from '#src/users/user.ts'
import { insertUser } from '#src/users/users.repository.ts'

/** Opens an account and signs its owner in. Throws EmailTaken; the database decides between two at once. */
export async function registerUser(people: People, input: Static<typeof RegisterBody>): Promise<SignedInResult> {
  const passwordHash = await people.passwords.hash(input.password)
  const opened = await people.store.transaction(async (trx) => {
    const now = people.clock.now()
    const user = await insertUser(trx, {
      id: people.newId(),
      email: input.email,
      password_hash: passwordHash,
      display_name: input.display_name,
      created_at: now,
      updated_at: now
    })
    if (user === undefined) throw new EmailTaken()
    await recordEvent(trx, UserRegistered, { subject: user.id, data: toAccount(user) })
    return { user, signIn: await startSignIn(trx, people, user.id) }
  })
  return toSignedIn(people, opened.user, opened.signIn)
}
