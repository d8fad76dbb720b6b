import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { ServiceUnavailable } from '../errors/common-errors.ts'
import type { Clock } from '../runtime.ts'
import type { ServerConfig } from '../server/server-config.ts'
import type { VerifiedToken } from './token-verifier.ts'

/** What the token of another identity provider contains about its owner. */
export interface ExternalIdentity {
  issuer: string
  subject: string
  /** Set only if the provider has verified the address. */
  email?: string
  name?: string
}

/** Asymmetric algorithms only: with a shared secret every verifier could sign. */
const algorithms = ['EdDSA', 'ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512']
/** The allowed clock difference to the provider. */
const leewaySeconds = 60
/** At most 255 characters, without NUL or lone surrogates. */
const subjectForm = /^[^\0\p{Cs}]{1,255}$/u
/** Longest wait for the provider's keys. */
const keysTimeoutMs = 1_500
/** The shortest time between two requests caused by unknown keys. */
const keysPauseMs = 10_000

/** Verifies the tokens of the host app's identity provider; undefined if it has none. */
export function createExternalTokens(options: {
  config: Pick<ServerConfig, 'AUTH_JWKS_URL' | 'AUTH_ISSUER' | 'AUTH_AUDIENCE'>
  clock: Clock
  resolveIdentity: (identity: ExternalIdentity) => Promise<string>
}): ((token: string) => Promise<VerifiedToken>) | undefined {
  const { AUTH_JWKS_URL: url, AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience } = options.config
  if (url === undefined || issuer === undefined || audience === undefined) return undefined
  const keys = remoteKeys(url)
  return async (token) => {
    const { payload } = await jwtVerify(token, keys, {
      algorithms,
      issuer,
      audience,
      clockTolerance: leewaySeconds,
      currentDate: options.clock.now(),
      requiredClaims: ['sub', 'exp']
    })
    const userId = await options.resolveIdentity(identityOf(payload, issuer))
    const { sid, exp = 0 } = payload
    const expiresAt = new Date((exp + leewaySeconds) * 1000)
    return { userId, signInId: typeof sid === 'string' ? sid : undefined, expiresAt }
  }
}

function identityOf(payload: JWTPayload, issuer: string): ExternalIdentity {
  const { email, email_verified: isVerified, name } = payload
  return {
    issuer,
    subject: subjectOf(payload),
    ...(typeof email === 'string' && isVerified === true && { email }),
    ...(typeof name === 'string' && { name })
  }
}

/** A provider may sign anything; a subject must be a text that the database can store (OpenID Connect Core, section 2). */
function subjectOf(payload: JWTPayload): string {
  const subject: unknown = payload.sub
  if (typeof subject === 'string' && subjectForm.test(subject)) return subject
  throw new errors.JWTClaimValidationFailed('"sub" is not a subject identifier', payload, 'sub', 'check_failed')
}

/** Distinguishes an unreachable provider from a token that matches no key. */
function remoteKeys(url: string): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(new URL(url), { timeoutDuration: keysTimeoutMs, cooldownDuration: keysPauseMs })
  return async (header, token) => {
    try {
      return await keys(header, token)
    } catch (cause) {
      const isAnswer = cause instanceof errors.JOSEError && cause.code !== 'ERR_JOSE_GENERIC'
      if (isAnswer && !(cause instanceof errors.JWKSTimeout)) throw cause
      throw new ServiceUnavailable({ cause })
    }
  }
}
