import type { Bus } from '@belay/bus'
import { BusUnavailable } from '@belay/bus'
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'

export const userId = '0192d1a0-abcd-7000-8000-00000000000a'

/** A bus without other services: tests provide the answers themselves. */
export const silentBus: Pick<Bus, 'ask'> = {
  ask: () => Promise.reject(new BusUnavailable('no service is there'))
}

/** A signer of tokens. */
export interface Signer {
  jwk: JWK
  sign(claims?: Record<string, unknown>, expiresAt?: Date): Promise<string>
}

export async function createSigner(kid: string, defaults: Record<string, unknown>, alg = 'EdDSA'): Promise<Signer> {
  const { publicKey, privateKey } = await generateKeyPair(alg)
  return {
    jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' },
    sign: (claims = {}, expiresAt = new Date(Date.now() + 900_000)) =>
      new SignJWT({ ...defaults, ...claims })
        .setProtectedHeader({ alg, kid, typ: 'JWT' })
        .setExpirationTime(expiresAt)
        .sign(privateKey)
  }
}

/** What the people service writes into a token. */
export const ownClaims = {
  sub: userId,
  sid: '0192d1a0-abcd-7000-8000-00000000000b',
  jti: '0192d1a0-abcd-7000-8000-00000000000c',
  iss: 'belay',
  aud: 'belay',
  iat: Math.floor(Date.now() / 1000) - 10
}
