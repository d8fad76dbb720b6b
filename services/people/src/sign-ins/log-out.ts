import type { People } from '#src/people.ts'
import { hashRefreshToken } from '#src/sign-ins/refresh-token.ts'
import { revokeFamily } from '#src/sign-ins/revoke-family.ts'
import { findRefreshToken } from '#src/sign-ins/sign-ins.repository.ts'

/** Ends the sign-in that a refresh token belongs to. An unknown or missing one has nothing left to end. */
export async function logOut(people: People, refreshToken: string | undefined): Promise<void> {
  if (refreshToken === undefined) return
  const found = await findRefreshToken(people.store.db, hashRefreshToken(refreshToken))
  if (found !== undefined) await revokeFamily(people, found)
}
