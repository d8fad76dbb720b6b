import type { Transaction } from 'kysely'
import type { People } from '#src/context.ts'
import type { PeopleDatabase } from '#src/schema.ts'
import { createRefreshToken } from '#src/sign-ins/refresh-token.ts'
import { insertRefreshToken, insertSignIn } from '#src/sign-ins/sign-ins.repository.ts'
import type { User } from '#src/users/users.repository.ts'

/** A new sign-in with the first refresh token of its family. */
export interface StartedSignIn {
  signInId: string
  refreshToken: string
}

/** Starts a sign-in of an account that the transaction has locked. */
export async function startSignIn(
  trx: Transaction<PeopleDatabase>,
  people: People,
  userId: string
): Promise<StartedSignIn> {
  const now = people.clock.now()
  const id = people.newId()
  const expiresAt = new Date(now.getTime() + people.refreshTokenSeconds * 1000)
  const { token, hash } = createRefreshToken()
  await insertSignIn(trx, { id, user_id: userId, created_at: now, expires_at: expiresAt })
  await insertRefreshToken(trx, { token_hash: hash, sign_in_id: id, created_at: now, expires_at: expiresAt })
  return { signInId: id, refreshToken: token }
}

/** A signed-in person with the tokens of the sign-in. */
export interface SignedInUser {
  user: User
  accessToken: string
  /** Seconds until the access token expires. */
  expiresIn: number
  refreshToken: string
}

export async function issueTokens(people: People, user: User, signIn: StartedSignIn): Promise<SignedInUser> {
  const accessToken = await people.keys.sign({ userId: user.id, signInId: signIn.signInId })
  return { user, accessToken, expiresIn: people.keys.accessTokenSeconds, refreshToken: signIn.refreshToken }
}
