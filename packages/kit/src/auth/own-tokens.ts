import { type JWK, jwtVerify } from 'jose'
import { InvalidToken } from '../errors/common-errors.ts'
import type { Clock } from '../runtime.ts'
import type { ServerConfig } from '../server/server-config.ts'
import { createOwnKeys, ownAlgorithms } from './own-keys.ts'
import type { VerifiedToken } from './token-verifier.ts'
import { isUuid } from './uuid.ts'

/** Verifies the tokens that the people service signs. They end to the second. */
export function createOwnTokens(options: {
  config: Pick<ServerConfig, 'TOKEN_ISSUER' | 'TOKEN_AUDIENCE'>
  clock: Clock
  fetchKeys: () => Promise<JWK[]>
}): (token: string) => Promise<VerifiedToken> {
  const { config, clock } = options
  const keys = createOwnKeys(options)
  return async (token) => {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ownAlgorithms,
      issuer: config.TOKEN_ISSUER,
      audience: config.TOKEN_AUDIENCE,
      currentDate: clock.now(),
      requiredClaims: ['sub', 'sid', 'jti', 'exp', 'iat']
    })
    const { sub, sid, exp } = payload
    if (!isUuid(sub) || typeof sid !== 'string' || exp === undefined) throw new InvalidToken()
    return { userId: sub, signInId: sid, expiresAt: new Date(exp * 1000) }
  }
}
