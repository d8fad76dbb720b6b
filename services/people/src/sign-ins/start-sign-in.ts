import type { Transaction } from 'kysely'
import type { People } from '#src/people.ts'
import type { PeopleDatabase } from '#src/schema.ts'
import { createRefreshToken } from '#src/sign-ins/refresh-token.ts'
import { insertRefreshToken, insertSignIn } from '#src/sign-ins/sign-ins.repository.ts'

/** A sign-in that has begun, with the first refresh token of its family. */
export interface StartedSignIn {
  signInId: string
  refreshToken: string
}

/** Begins a sign-in of an account that the transaction holds. */
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
