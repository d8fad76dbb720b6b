import { randomBytes } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'
import { createGate } from '#src/passwords/gate.ts'

/** OWASP Password Storage Cheat Sheet: Argon2id (the library's default) with 19 MiB, two passes and one lane. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

export interface PasswordHasher {
  /**
   * Hashes the password's NFKC form (RFC 8265: keyboards write one text in several ways) to PHC form with its own salt. Throws
   * Busy when too many wait.
   */
  hash(password: string): Promise<string>
  /** Returns whether this is the password; false without a hash, after the same work, so that timing reveals nothing. */
  verify(hash: string | null, password: string): Promise<boolean>
}

/**
 * Each hash takes 19 MiB and a processor for some 20 ms: only `concurrency` are made at once, and only
 * `waitingMax` may wait, so that a flood of sign-ins can neither exhaust memory nor starve the other calls.
 */
export function createPasswordHasher(options: { concurrency: number; waitingMax: number }): PasswordHasher {
  const inTurn = createGate(options)
  const dummyHash = hash(randomBytes(32), parameters)

  return {
    hash: (password) => inTurn(() => hash(password.normalize('NFKC'), parameters)),
    verify: (known, password) =>
      inTurn(async () => {
        const isRight = await verifyAnyForm(known ?? (await dummyHash), password)
        return isRight && known !== null
      })
  }
}

/** Hashes from before passwords were normalised are of the form in which the password was typed. */
async function verifyAnyForm(known: string, password: string): Promise<boolean> {
  const normalised = password.normalize('NFKC')
  if (await verify(known, normalised)) return true
  return normalised !== password && verify(known, password)
}
