import { AccountDisabled } from '@belay/kit'
import { InvalidRefreshToken } from '#src/errors.ts'
import type { People } from '#src/context.ts'
import { exchangeToken } from '#src/sign-ins/exchange-token.ts'
import { endSignIn } from '#src/sign-ins/log-out.ts'
import { hashRefreshToken } from '#src/sign-ins/refresh-token.ts'
import { type FoundRefreshToken, listRefreshTokens } from '#src/sign-ins/sign-ins.repository.ts'

/** A token that the client sent, with what is known of it. */
interface Candidate {
  token: string
  found: FoundRefreshToken
}

/**
 * Exchanges a refresh token for an access token and the next refresh token. Of several tokens any good one counts, an
 * unused one before one in its grace. Without a good one, those that were exchanged longer ago are in two hands: their
 * whole families end.
 */
export async function refreshSignIn(
  people: People,
  tokens: readonly string[]
): Promise<{ accessToken: string; refreshToken: string }> {
  const candidates = await findCandidates(people, tokens)
  for (const { token, found } of candidates.filter(isWorthTrying)) {
    const refreshToken = found.disabled ? undefined : await exchangeToken(people, token, found)
    if (refreshToken === undefined) continue
    const accessToken = await people.keys.sign({ userId: found.user_id, signInId: found.sign_in_id })
    return { accessToken, refreshToken }
  }
  for (const { found } of candidates) {
    if (found.used_at !== null && !found.in_grace) await endSignIn(people, found)
  }
  if (candidates.some((candidate) => isWorthTrying(candidate) && candidate.found.disabled)) throw new AccountDisabled()
  throw new InvalidRefreshToken()
}

/** Tokens of living sign-ins that have not expired, unused ones first. */
async function findCandidates(people: People, tokens: readonly string[]): Promise<Candidate[]> {
  const known = await listRefreshTokens(people.store.db, tokens.map(hashRefreshToken))
  const now = people.clock.now()
  const candidates = tokens.flatMap((token) => {
    const hash = hashRefreshToken(token)
    const found = known.find(({ token_hash }) => token_hash.equals(hash))
    return found === undefined || found.revoked_at !== null || found.expires_at <= now ? [] : [{ token, found }]
  })
  return candidates.toSorted((a, b) => Number(a.found.used_at !== null) - Number(b.found.used_at !== null))
}

function isWorthTrying({ found }: Candidate): boolean {
  return found.used_at === null || found.in_grace
}
