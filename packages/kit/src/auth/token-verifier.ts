import type { Bus } from '@belay/bus'
import { ListSigningKeys, ResolveIdentity } from '@belay/contracts'
import { decodeJwt, errors, type JWK } from 'jose'
import { LRUCache } from 'lru-cache'
import { InvalidToken } from '../errors/common-errors.ts'
import type { Clock } from '../runtime.ts'
import type { ServerConfig } from '../server/server-config.ts'
import { createExternalTokens, type ExternalIdentity } from './external-tokens.ts'
import { createOwnTokens } from './own-tokens.ts'

/** The contents of a valid token. */
export interface VerifiedToken {
  userId: string
  /** The sign-in that the token came from (`sid`); tokens of other identity providers may have none. */
  signInId: string | undefined
  expiresAt: Date
}

export interface TokenVerifier {
  /**
   * @throws InvalidToken for every token that is not valid now
   * @throws BusUnavailable or ServiceUnavailable when the keys cannot be fetched
   */
  verify(token: string): Promise<VerifiedToken>
  /** Returns the id of the test person of this name, who is created at first sight. Only for `DEV_TEST_AUTH`. */
  resolveTestUser(name: string): Promise<string>
}

export interface TokenVerifierOptions {
  bus: Pick<Bus, 'ask'>
  config: Pick<ServerConfig, 'TOKEN_ISSUER' | 'TOKEN_AUDIENCE' | 'AUTH_JWKS_URL' | 'AUTH_ISSUER' | 'AUTH_AUDIENCE'>
  clock: Clock
  /** Returns Belay's own keys. Defaults to asking the people service. */
  fetchKeys?: () => Promise<JWK[]>
  /** Returns the user of another provider's token. Defaults to asking the people service. */
  resolveIdentity?: (identity: ExternalIdentity) => Promise<string>
}

/** Recently verified tokens are not verified again. */
const rememberedTokens = 20_000
const rememberedTestUsers = 1_000
/** The issuer of test people's identities; no provider can claim it, since it is no URL. */
const testIssuer = 'belay:test'
/** A longer bearer token is rejected without being parsed. */
const maxTokenLength = 8_192

/** Verifies access tokens: Belay's own, and those of an identity provider that the host app brings (`AUTH_*`). */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const { clock, config } = options
  const remembered = new LRUCache<string, VerifiedToken>({ max: rememberedTokens })
  const own = createOwnTokens({ config, clock, fetchKeys: options.fetchKeys ?? (() => askForKeys(options.bus)) })
  const resolveIdentity = options.resolveIdentity ?? ((identity) => askForUser(options.bus, identity))
  const external = createExternalTokens({ config, clock, resolveIdentity })
  const testUsers = new LRUCache<string, string>({ max: rememberedTestUsers })

  async function verifyAnew(token: string): Promise<VerifiedToken> {
    const issuer = issuerOf(token)
    if (issuer === config.TOKEN_ISSUER) return own(token)
    if (external !== undefined && issuer === config.AUTH_ISSUER) return external(token)
    throw new InvalidToken()
  }

  return {
    async verify(token) {
      const known = remembered.get(token)
      if (known !== undefined) {
        if (known.expiresAt > clock.now()) return known
        remembered.delete(token)
        throw new InvalidToken()
      }
      if (token.length > maxTokenLength) throw new InvalidToken()
      const verified = await verifyAnew(token).catch(asInvalidToken)
      remembered.set(token, verified)
      return verified
    },
    async resolveTestUser(name) {
      const known = testUsers.get(name)
      if (known !== undefined) return known
      const userId = await resolveIdentity({ issuer: testIssuer, subject: name, name })
      testUsers.set(name, userId)
      return userId
    }
  }
}

/** Returns the issuer that a token claims, unverified: used only to choose the verifier. */
function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss
  } catch (cause) {
    throw new InvalidToken({ cause })
  }
}

function asInvalidToken(cause: unknown): never {
  if (cause instanceof errors.JOSEError) throw new InvalidToken({ cause })
  throw cause
}

async function askForKeys(bus: Pick<Bus, 'ask'>): Promise<JWK[]> {
  const { keys } = await bus.ask(ListSigningKeys, {})
  return keys
}

async function askForUser(bus: Pick<Bus, 'ask'>, identity: ExternalIdentity): Promise<string> {
  const { user_id } = await bus.ask(ResolveIdentity, identity)
  return user_id
}
