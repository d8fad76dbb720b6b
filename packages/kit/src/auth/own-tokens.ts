import { isUuid } from '@belay/contracts'
import { createLocalJWKSet, errors, type JWK, jwtVerify, type JWTVerifyGetKey } from 'jose'
import { InvalidToken } from '../errors/common-errors.ts'
import type { Clock } from '../runtime.ts'
import type { ServerConfig } from '../server/server-config.ts'
import type { VerifiedToken } from './token-verifier.ts'

/** Belay's own algorithms; each key names its own. */
const ownAlgorithms = ['EdDSA', 'ES256', 'RS256']

/** The shortest time between two requests caused by unknown keys. */
const refreshPauseMs = 1_000
/** Keys older than this are fetched again in the background, so that a withdrawn one disappears. */
const freshMs = 300_000

/** Verifies the tokens that the people service signs. They expire exactly on time, with no leeway. */
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

/**
 * The signing keys of the people service: fetched when first needed, again when a token names an unknown one, and kept
 * while they cannot be fetched.
 */
function createOwnKeys(options: { fetchKeys: () => Promise<JWK[]>; clock: Clock }): JWTVerifyGetKey {
  const now = () => options.clock.now().getTime()
  let keySet: ReturnType<typeof createLocalJWKSet> | undefined
  let fetchedAtMs = Number.NEGATIVE_INFINITY
  let fetching: Promise<ReturnType<typeof createLocalJWKSet>> | undefined

  async function fetchKeySet() {
    const keys = await options.fetchKeys()
    // With a key that names no algorithm, the token could choose one.
    keySet = createLocalJWKSet({ keys: keys.filter(({ alg }) => alg !== undefined && ownAlgorithms.includes(alg)) })
    fetchedAtMs = now()
    return keySet
  }
  function refresh() {
    fetching ??= fetchKeySet().finally(() => (fetching = undefined))
    return fetching
  }

  return async (header, token) => {
    const known = keySet ?? (await refresh())
    const ageMs = now() - fetchedAtMs
    if (ageMs > freshMs) refresh().catch(() => undefined)
    try {
      return await known(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || ageMs < refreshPauseMs) throw error
      return (await refresh())(header, token)
    }
  }
}
