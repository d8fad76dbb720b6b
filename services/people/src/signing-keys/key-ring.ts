import { type CryptoKey, importPKCS8, SignJWT } from 'jose'
import type { Kysely } from 'kysely'
import type { Runtime } from '@belay/kit'
import { NoSigningKey } from '#src/errors.ts'
import type { PeopleDatabase } from '#src/schema.ts'
import { type RotationPolicy, rotateSigningKeys } from '#src/signing-keys/rotate-signing-keys.ts'
import type { Seal } from '#src/signing-keys/seal.ts'
import { listSigningKeys, type SigningKey } from '#src/signing-keys/signing-keys.repository.ts'

export interface KeyRingOptions extends Runtime {
  db: Kysely<PeopleDatabase>
  seal: Seal
  policy: RotationPolicy
  issuer: string
  audience: string
  accessTokenSeconds: number
}

export interface KeyRing {
  /** Rotates what is due and learns what other replicas rotated. To be called at the start and at a slow steady pace. */
  tend(): Promise<void>
  /** The public keys (RFC 7517) of every token that may still be good, and of those to come. */
  listPublicKeys(): Promise<Record<string, unknown>[]>
  /** An access token of this person and sign-in. */
  sign(token: { userId: string; signInId: string }): Promise<string>
  /** Seconds for which an access token is good. */
  readonly accessTokenSeconds: number
}

interface Signer {
  id: string
  algorithm: string
  signsFrom: Date
  privateKey: CryptoKey
}

/** The keys of access tokens. The newest key that has begun to sign signs; every stored one is published. */
export function createKeyRing(options: KeyRingOptions): KeyRing {
  const { db, seal, clock } = options
  const signers = new Map<string, Signer>()
  let published: Record<string, unknown>[] = []

  async function learn(): Promise<void> {
    const rows = await listSigningKeys(db)
    published = rows.map((row) => row.public_jwk)
    for (const row of rows) {
      const signer = signers.get(row.id) ?? (await openSigner(seal, row))
      if (signer !== undefined) signers.set(row.id, { ...signer, signsFrom: row.signs_from })
    }
    const kept = new Set(rows.map((row) => row.id))
    for (const id of signers.keys()) if (!kept.has(id)) signers.delete(id)
  }

  function currentSigner(now: Date): Signer {
    const oldestFirst = [...signers.values()].toSorted(
      (a, b) => a.signsFrom.getTime() - b.signsFrom.getTime() || (a.id < b.id ? -1 : 1)
    )
    // The very first key may come from a replica whose clock is a little ahead.
    const signer = oldestFirst.findLast(({ signsFrom }) => signsFrom <= now) ?? oldestFirst[0]
    if (signer === undefined) throw new NoSigningKey()
    return signer
  }

  return {
    accessTokenSeconds: options.accessTokenSeconds,
    async tend() {
      await rotateSigningKeys(db, seal, options.policy, { id: options.newId(), now: clock.now() })
      await learn()
    },
    async listPublicKeys() {
      // Without the database the keys known so far are still the right ones for nearly everybody.
      await learn().catch(() => undefined)
      return published
    },
    async sign(token) {
      const now = clock.now()
      const signer = currentSigner(now)
      const issuedAt = Math.floor(now.getTime() / 1000)
      return new SignJWT({ sid: token.signInId })
        .setProtectedHeader({ alg: signer.algorithm, kid: signer.id, typ: 'JWT' })
        .setSubject(token.userId)
        .setIssuer(options.issuer)
        .setAudience(options.audience)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + options.accessTokenSeconds)
        .setJti(options.newId())
        .sign(signer.privateKey)
    }
  }
}

/** The key to sign with; undefined when it was sealed with another secret. */
async function openSigner(seal: Seal, row: SigningKey): Promise<Signer | undefined> {
  const pem = seal.open(row.id, row.sealed_private_key)
  if (pem === undefined) return undefined
  const privateKey = await importPKCS8(pem, row.algorithm)
  return { id: row.id, algorithm: row.algorithm, signsFrom: row.signs_from, privateKey }
}
