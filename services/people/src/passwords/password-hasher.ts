import { randomBytes } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'
import { createGate } from '#src/passwords/gate.ts'

/** OWASP Password Storage Cheat Sheet: Argon2id (the library's default) with 19 MiB, two passes and one lane. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

export interface PasswordHasher {
  /** The password's NFKC form (RFC 8265: keyboards write one text in several ways) in PHC form, with its own salt. Throws Busy when too many wait. */
  hash(password: string): Promise<string>
  /** Is this the password? Without a hash the answer is no, after the same work, so that time tells nothing. */
  verify(hash: string | null, password: string): Promise<boolean>
}

/**
 * Each hash takes 19 MiB and a processor for some 20 ms: only `concurrency` are made at once, and only
 * `waitingMax` may wait, so that a flood of sign-ins can neither exhaust memory nor starve the other calls.
 */
export function createPasswordHasher(options: { concurrency: number; waitingMax: number }): PasswordHasher {
  const inTurn = createGate(options)
  const nobodys = hash(randomBytes(32), parameters)

  return {
    hash: (password) => inTurn(() => hash(password.normalize('NFKC'), parameters)),
    verify: (known, password) =>
      inTurn(async () => {
        const isRight = await verifyAnyForm(known ?? (await nobodys), password)
        return isRight && known !== null
      })
  }
}

/** Hashes that were made before passwords were normalised are of the form in which the password was typed then. */
async function verifyAnyForm(known: string, password: string): Promise<boolean> {
  const normalised = password.normalize('NFKC')
  if (await verify(known, normalised)) return true
  return normalised !== password && verify(known, password)
}
