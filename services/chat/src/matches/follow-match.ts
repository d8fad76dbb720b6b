import type { EventOf, MatchCreated, MatchEnded } from '@belay/contracts'
import type { Runtime } from '@belay/kit'
import { isBlocked, knownUser } from '@belay/people-projection'
import type { Transaction } from 'kysely'
import type { SendSignals } from '#src/contexts/apply.ts'
import { archiveConversations, openConversation } from '#src/contexts/conversation.ts'
import { allotPair, lockPair, type Pair, updateMatch } from '#src/conversations/pairs.repository.ts'
import type { ChatDatabase } from '#src/schema.ts'

/** A match opens the conversation of its two people, unless one of them blocked the other or is gone. */
export async function beginMatch(
  trx: Transaction<ChatDatabase>,
  runtime: Runtime,
  match: EventOf<typeof MatchCreated>['data']
): Promise<SendSignals> {
  const { pair, isPossible } = await applyMatch(trx, runtime, match, true)
  return pair !== undefined && isPossible ? openConversation(trx, runtime, pair) : () => undefined
}

/** The end of a match archives the conversation. */
export async function endMatch(
  trx: Transaction<ChatDatabase>,
  runtime: Runtime,
  match: EventOf<typeof MatchEnded>['data']
): Promise<SendSignals> {
  const { pair } = await applyMatch(trx, runtime, match, false)
  return archiveConversations(trx, runtime, pair === undefined ? [] : [pair])
}

/** Locks the pair and stores whether it matches. `pair` is undefined if a later state of the match is known. */
async function applyMatch(
  trx: Transaction<ChatDatabase>,
  { clock }: Runtime,
  { match_id: id, user_ids, version }: { match_id: string; user_ids: string[]; version: number },
  matched: boolean
): Promise<{ pair: Pair | undefined; isPossible: boolean }> {
  const [one, other] = user_ids
  if (one === undefined || other === undefined) throw new Error(`the match ${id} is not of two people`)
  const users = await lockPair(trx, [one, other])
  const areHere = !knownUser(users, one).deleted && !knownUser(users, other).deleted
  const pair = await allotPair(trx, [one, other], { id, now: clock.now() })
  const isPossible = areHere && !(await isBlocked(trx, one, other))
  if (pair.matchVersion >= version) return { pair: undefined, isPossible }
  await updateMatch(trx, pair.id, { matched, version })
  return { pair, isPossible }
}
