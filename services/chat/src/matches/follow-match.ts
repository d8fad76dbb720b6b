import type { EventOf, MatchCreated, MatchEnded } from '@belay/contracts'
import type { Runtime } from '@belay/kit'
import { isBlocked, knownUser } from '@belay/people-projection'
import type { Transaction } from 'kysely'
import type { SendSignals } from '#src/contexts/apply.ts'
import { archiveConversations, openConversation } from '#src/contexts/conversation.ts'
import { allotPair, lockPair, type Pair, updateMatch } from '#src/conversations/pairs.repository.ts'
import { findPending } from '#src/message-requests/requests.repository.ts'
import { acceptRequest } from '#src/message-requests/settle-requests.ts'
import type { ChatDatabase } from '#src/schema.ts'

type Transact<Data> = (trx: Transaction<ChatDatabase>, runtime: Runtime, match: Data) => Promise<SendSignals>

/**
 * A match opens the conversation of its two people, unless one of them blocked the other or is gone, and answers the request
 * that waits between them.
 */
export const beginMatch: Transact<EventOf<typeof MatchCreated>['data']> = (trx, runtime, match) =>
  applyMatch(trx, runtime, match, true, async (pair, [one, other]) => {
    const isPossible = !one.deleted && !other.deleted && !(await isBlocked(trx, one.id, other.id))
    if (!isPossible) return () => undefined
    const pending = await findPending(trx, pair.id)
    return pending ? acceptRequest(trx, runtime, pair, pending) : openConversation(trx, runtime, pair)
  })

/** The end of a match archives the conversation. */
export const endMatch: Transact<EventOf<typeof MatchEnded>['data']> = (trx, runtime, match) =>
  applyMatch(trx, runtime, match, false, (pair) => archiveConversations(trx, runtime, [pair]))

interface Person {
  id: string
  deleted: boolean
}

/** Locks the pair, applies a state of its match that is later than the known one, and stores it. */
async function applyMatch(
  trx: Transaction<ChatDatabase>,
  { clock }: Runtime,
  { match_id: id, user_ids, version }: { match_id: string; user_ids: string[]; version: number },
  matched: boolean,
  apply: (pair: Pair, people: [Person, Person]) => Promise<SendSignals>
): Promise<SendSignals> {
  const [one, other] = user_ids
  if (one === undefined || other === undefined) throw new Error(`the match ${id} is not of two people`)
  const users = await lockPair(trx, [one, other])
  const people: [Person, Person] = [knownUser(users, one), knownUser(users, other)]
  const pair = await allotPair(trx, [one, other], { id, now: clock.now() })
  if (pair.matchVersion >= version) return () => undefined
  const send = await apply(pair, people)
  await updateMatch(trx, pair.id, { matched, version })
  return send
}
