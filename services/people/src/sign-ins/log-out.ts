import type { People } from '#src/context.ts'
import { hashRefreshToken } from '#src/sign-ins/refresh-token.ts'
import { listRefreshTokens, revokeSignIn } from '#src/sign-ins/sign-ins.repository.ts'

/** The sign-ins that a client wants to end, by their tokens. */
export interface SignInProof {
  refreshTokens: readonly string[]
  /** The sign-in of the call's access token. */
  access?: { userId: string; signInId: string }
}

/** Ends the sign-ins that refresh tokens and an access token belong to, usually the same one. Ignores unknown tokens. */
export async function logOut(people: People, { refreshTokens, access }: SignInProof): Promise<void> {
  if (access !== undefined) await endSignIn(people, { sign_in_id: access.signInId, user_id: access.userId })
  const found = await listRefreshTokens(people.store.db, refreshTokens.map(hashRefreshToken))
  for (const token of found) await endSignIn(people, token)
}

/** Revokes all refresh tokens of a sign-in and closes its open sockets. */
export async function endSignIn(people: People, signIn: { sign_in_id: string; user_id: string }): Promise<void> {
  const revoked = await revokeSignIn(people.store.db, signIn.sign_in_id, people.clock.now())
  if (revoked) people.endAccess({ userId: signIn.user_id, reason: 'logged_out', signInId: signIn.sign_in_id })
}
