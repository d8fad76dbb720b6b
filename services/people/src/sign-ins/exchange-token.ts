import type { Transaction } from 'kysely'
import type { People } from '#src/context.ts'
import type { PeopleDatabase } from '#src/schema.ts'
import { createSuccessorSalt, hashRefreshToken, successorOf } from '#src/sign-ins/refresh-token.ts'
import {
  type FoundRefreshToken,
  insertRefreshToken,
  listTokensInGrace,
  lockSignIn,
  prolongSignIn,
  useRefreshToken
} from '#src/sign-ins/sign-ins.repository.ts'

/**
 * The refresh token to use after this one; undefined when its sign-in ended or its grace is over. One that comes again
 * within the grace leads to the one token of the family that is still unused: there is never a second one, so a thief
 * who is quick shares the owner's, and the next exchange by the other of the two ends the family.
 */
export async function exchangeToken(
  people: People,
  token: string,
  { sign_in_id: signInId }: FoundRefreshToken
): Promise<string | undefined> {
  const now = people.clock.now()
  const expiresAt = new Date(now.getTime() + people.refreshTokenSeconds * 1000)
  return people.store.transaction(async (trx) => {
    if (!(await lockSignIn(trx, signInId))) return undefined
    const salt = createSuccessorSalt()
    if (!(await useRefreshToken(trx, hashRefreshToken(token), salt))) return followToUnused(trx, token, signInId)
    const next = successorOf(token, salt)
    await prolongSignIn(trx, signInId, expiresAt)
    await insertRefreshToken(trx, {
      token_hash: next.hash,
      sign_in_id: signInId,
      created_at: now,
      expires_at: expiresAt
    })
    return next.token
  })
}

/** Goes from a used token along its successors to the unused one. */
async function followToUnused(
  trx: Transaction<PeopleDatabase>,
  token: string,
  signInId: string
): Promise<string | undefined> {
  const rows = await listTokensInGrace(trx, signInId)
  const byHash = new Map(rows.map((row) => [row.token_hash.toString('base64'), row]))
  let current = { token, hash: hashRefreshToken(token) }
  for (let steps = 0; steps < rows.length; steps += 1) {
    const row = byHash.get(current.hash.toString('base64'))
    if (row === undefined) return undefined
    if (row.used_at === null) return current.token
    if (row.successor_salt === null) return undefined
    current = successorOf(current.token, row.successor_salt)
  }
  return undefined
}
