import { isUuid } from '@belay/contracts'
import { InvalidToken, type TokenVerifier } from '@belay/kit'
import type { CloseReason } from './codec.ts'
import type { Identity } from './connection.ts'

/** Resolves with the person behind a token, or the reason why there is none. @throws BusUnavailable, ServiceUnavailable */
export async function verifyIdentity(
  verify: TokenVerifier['verify'],
  token: string | undefined
): Promise<Identity | CloseReason> {
  if (token === undefined) return 'no_token'
  try {
    const { userId, signInId, expiresAt } = await verify(token)
    return isUuid(userId) ? { userId, signInId, expiresAtMs: expiresAt.getTime() } : 'user_not_found'
  } catch (error) {
    if (error instanceof InvalidToken) return 'bad_token'
    throw error
  }
}
