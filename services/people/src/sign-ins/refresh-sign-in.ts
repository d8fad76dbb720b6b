import { AccountDisabled } from '@belay/kit'
import { InvalidRefreshToken } from '#src/errors.ts'
import type { People } from '#src/people.ts'
import { createRefreshToken, hashRefreshToken } from '#src/sign-ins/refresh-token.ts'
import { revokeFamily } from '#src/sign-ins/revoke-family.ts'
import {
  findRefreshToken,
  insertRefreshToken,
  prolongSignIn,
  useRefreshToken
} from '#src/sign-ins/sign-ins.repository.ts'

/**
 * Exchanges a refresh token for an access token and the next refresh token. A token that was used before is in
 * two hands: its whole family ends. Of two uses that overlap one wins and the other is merely refused, since
 * that is one client in two tabs rather than a thief.
 */
export async function refreshSignIn(
  people: People,
  refreshToken: string | undefined
): Promise<{ accessToken: string; refreshToken: string }> {
  if (refreshToken === undefined) throw new InvalidRefreshToken()
  const now = people.clock.now()
  const hash = hashRefreshToken(refreshToken)
  const found = await findRefreshToken(people.store.db, hash)
  if (found === undefined || found.revoked_at !== null) throw new InvalidRefreshToken()
  if (found.used_at !== null) {
    await revokeFamily(people, found)
    throw new InvalidRefreshToken()
  }
  if (found.expires_at <= now) throw new InvalidRefreshToken()
  if (found.disabled) throw new AccountDisabled()

  const next = createRefreshToken()
  const expiresAt = new Date(now.getTime() + people.refreshTokenSeconds * 1000)
  await people.store.transaction(async (trx) => {
    const family = { sign_in_id: found.sign_in_id, created_at: now, expires_at: expiresAt }
    if (!(await prolongSignIn(trx, found.sign_in_id, expiresAt))) throw new InvalidRefreshToken()
    if (!(await useRefreshToken(trx, hash, now))) throw new InvalidRefreshToken()
    await insertRefreshToken(trx, { token_hash: next.hash, ...family })
  })
  const accessToken = await people.keys.sign({ userId: found.user_id, signInId: found.sign_in_id })
  return { accessToken, refreshToken: next.token }
}
