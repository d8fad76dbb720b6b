import type { Kysely } from 'kysely'
import type { PeopleDatabase } from '#src/schema.ts'
import type { Seal } from '#src/signing-keys/seal.ts'
import { createSigningKey } from '#src/signing-keys/signing-key.ts'
import {
  deleteSigningKeys,
  insertSigningKey,
  listSigningKeys,
  lockSigningKeys,
  type SigningKey
} from '#src/signing-keys/signing-keys.repository.ts'

export interface RotationPolicy {
  /** The age at which a key gets a successor. */
  rotationMs: number
  /** How long a key is published before it signs, so that all caches of the key set contain it. */
  leadMs: number
  /** How long a key stays published after its last token was signed: at least a token's life. */
  keepMs: number
}

/**
 * Creates the next signing key when it is due and deletes keys that are no longer needed. Safe to call from every replica
 * at any time: only one of them acts.
 */
export async function rotateSigningKeys(
  db: Kysely<PeopleDatabase>,
  seal: Seal,
  policy: RotationPolicy,
  next: { id: string; now: Date }
): Promise<void> {
  const seen = await listSigningKeys(db)
  const isDue = successorSignsFrom(seen, seal, policy, next.now) !== undefined
  if (!isDue && listOutlived(seen, policy, next.now).length === 0) return
  // Created before the lock, since it takes a while.
  const fresh = isDue ? await createSigningKey(seal, next) : undefined
  await db.transaction().execute(async (trx) => {
    await lockSigningKeys(trx)
    const keys = await listSigningKeys(trx)
    const signsFrom = successorSignsFrom(keys, seal, policy, next.now)
    if (fresh !== undefined && signsFrom !== undefined) await insertSigningKey(trx, { ...fresh, signs_from: signsFrom })
    const outlived = listOutlived(keys, policy, next.now)
    if (outlived.length > 0) await deleteSigningKeys(trx, outlived)
  })
}

/** Returns when a new key should begin to sign; undefined while none is needed. */
function successorSignsFrom(keys: SigningKey[], seal: Seal, policy: RotationPolicy, now: Date): Date | undefined {
  // Keys sealed with another secret still verify, but cannot sign here.
  const newest = keys.find((key) => seal.open(key.id, key.sealed_private_key) !== undefined)
  if (newest === undefined) return now
  const due = newest.signs_from.getTime() + policy.rotationMs - policy.leadMs
  return now.getTime() >= due ? new Date(now.getTime() + policy.leadMs) : undefined
}

/** Returns the ids of keys whose successor has signed for so long that their own tokens have expired. */
function listOutlived(keys: SigningKey[], policy: RotationPolicy, now: Date): string[] {
  return keys
    .filter((_, index) => {
      const successor = keys[index - 1]
      return successor !== undefined && successor.signs_from.getTime() + policy.keepMs < now.getTime()
    })
    .map((key) => key.id)
}
