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
  /** Rotates keys that are due and reloads the keys that other replicas rotated. Call it at the start and at intervals. */
  rotateIfDue(): Promise<void>
  /** The public keys (RFC 7517) of every token that may still be valid, and those of keys that do not sign yet. */
  listPublicKeys(): Promise<Record<string, unknown>[]>
  /** Returns an access token for this person and sign-in. Throws NoSigningKey. */
  sign(token: { userId: string; signInId: string }): Promise<string>
  /** Seconds until an access token expires. */
  readonly accessTokenSeconds: number
}

interface Signer {
  id: string
  algorithm: string
  signsFrom: Date
  privateKey: CryptoKey
}

/** Manages the keys of access tokens. Every stored key is published; the newest one that may sign already signs. */
export function createKeyRing(options: KeyRingOptions): KeyRing {
  const { db, seal, clock } = options
  const signers = new Map<string, Signer>()
  let published: Record<string, unknown>[] = []

  async function reload(): Promise<void> {
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
    // The very first key may come from a replica whose clock is slightly ahead.
    const signer = oldestFirst.findLast(({ signsFrom }) => signsFrom <= now) ?? oldestFirst[0]
    if (signer === undefined) throw new NoSigningKey()
    return signer
  }

  return {
    accessTokenSeconds: options.accessTokenSeconds,
    async rotateIfDue() {
      await rotateSigningKeys(db, seal, options.policy, { id: options.newId(), now: clock.now() })
      await reload()
    },
    async listPublicKeys() {
      // Without the database, the keys loaded so far are still valid for nearly all tokens.
      await reload().catch(() => undefined)
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

/** Returns the key to sign with; undefined when it was sealed with another secret. */
async function openSigner(seal: Seal, row: SigningKey): Promise<Signer | undefined> {
  const pem = seal.open(row.id, row.sealed_private_key)
  if (pem === undefined) return undefined
  const privateKey = await importPKCS8(pem, row.algorithm)
  return { id: row.id, algorithm: row.algorithm, signsFrom: row.signs_from, privateKey }
}
