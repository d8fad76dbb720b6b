import type { People } from '#src/people.ts'
import { hashRefreshToken } from '#src/sign-ins/refresh-token.ts'
import { revokeFamily } from '#src/sign-ins/revoke-family.ts'
import { listRefreshTokens } from '#src/sign-ins/sign-ins.repository.ts'

/** What a client shows of the sign-ins that it wants to end. */
export interface SignInProof {
  refreshTokens: readonly string[]
  /** The sign-in that the call's access token was issued for. */
  access?: { userId: string; signInId: string }
}

/**
 * Ends the sign-ins that refresh tokens and an access token belong to, usually one and the same. Unknown ones have
 * nothing left to end.
 */
export async function logOut(people: People, { refreshTokens, access }: SignInProof): Promise<void> {
  if (access !== undefined) await revokeFamily(people, { sign_in_id: access.signInId, user_id: access.userId })
  const found = await listRefreshTokens(people.store.db, refreshTokens.map(hashRefreshToken))
  for (const token of found) await revokeFamily(people, token)
}
