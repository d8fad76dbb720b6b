import type { People } from '#src/people.ts'
import { hashRefreshToken } from '#src/sign-ins/refresh-token.ts'
import { revokeFamily } from '#src/sign-ins/revoke-family.ts'
import { listRefreshTokens } from '#src/sign-ins/sign-ins.repository.ts'

/** Ends the sign-ins that refresh tokens belong to. Unknown ones have nothing left to end. */
export async function logOut(people: People, refreshTokens: readonly string[]): Promise<void> {
  const found = await listRefreshTokens(people.store.db, refreshTokens.map(hashRefreshToken))
  for (const token of found) await revokeFamily(people, token)
}
