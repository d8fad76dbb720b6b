import { AccountDisabled } from '@belay/kit'
import { InvalidCredentials } from '#src/errors.ts'
import type { People } from '#src/context.ts'
import { issueTokens, type SignedInUser, startSignIn } from '#src/sign-ins/start-sign-in.ts'
import { confirmRegistration } from '#src/users/registration.ts'
import { findUserByEmail, lockUsersAgainstErasure } from '#src/users/users.repository.ts'

/**
 * Signs a person in with their password. A failure takes the same work and has the same words whether or not the address
 * has an account. Throws InvalidCredentials, AccountDisabled, or RateLimited after too many failures, even with the right
 * password.
 */
export async function logIn(
  people: People,
  input: { email: string; password: string; address: string }
): Promise<SignedInUser> {
  const attempt = { email: input.email, address: input.address }
  await people.loginFailures.check(attempt)

  const user = await findUserByEmail(people.store.db, input.email)
  if (!(await people.passwords.verify(user?.password_hash ?? null, input.password)) || user === undefined) {
    await people.loginFailures.count(attempt)
    throw new InvalidCredentials()
  }
  // Of guesses sent at the same time, even the right one is rejected after the last allowed failure.
  await people.loginFailures.check(attempt)

  if (user.disabled) throw new AccountDisabled()
  await confirmRegistration(people.store, user.id)
  const signIn = await people.store.transaction(async (trx) => {
    if (!(await lockUsersAgainstErasure(trx, [user.id]))) throw new InvalidCredentials()
    return startSignIn(trx, people, user.id)
  })
  return issueTokens(people, user, signIn)
}
