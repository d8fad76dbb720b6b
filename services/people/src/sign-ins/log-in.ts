import { AccountDisabled } from '@belay/kit'
import { InvalidCredentials } from '#src/errors.ts'
import type { People } from '#src/people.ts'
import { type SignedInResult, toSignedIn } from '#src/sign-ins/signed-in.ts'
import { startSignIn } from '#src/sign-ins/start-sign-in.ts'
import { confirmRegistration } from '#src/users/registration.ts'
import { findUserByEmail, lockUsersAgainstErasure } from '#src/users/users.repository.ts'

/**
 * Signs somebody in with their password. Whether or not the address has an account, a wrong answer takes the
 * same work and the same words. Throws RateLimited after too many failures, whatever the password is then.
 */
export async function logIn(
  people: People,
  input: { email: string; password: string; address: string }
): Promise<SignedInResult> {
  const attempt = { email: input.email, address: input.address }
  await people.loginFailures.check(attempt)

  const user = await findUserByEmail(people.store.db, input.email)
  if (!(await people.passwords.verify(user?.password_hash ?? null, input.password)) || user === undefined) {
    await people.loginFailures.count(attempt)
    throw new InvalidCredentials()
  }
  // Guesses that were on their way together: after the last allowed failure even the right one is refused.
  await people.loginFailures.check(attempt)

  if (user.disabled) throw new AccountDisabled()
  await confirmRegistration(people.store, user.id)
  const signIn = await people.store.transaction(async (trx) => {
    if (!(await lockUsersAgainstErasure(trx, [user.id]))) throw new InvalidCredentials()
    return startSignIn(trx, people, user.id)
  })
  return toSignedIn(people, user, signIn)
}
