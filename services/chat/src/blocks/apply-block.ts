import type { Runtime } from '@belay/kit'
import { isBlocked } from '@belay/people-projection'
import type { Transaction } from 'kysely'
import type { SendSignals } from '#src/contexts/apply.ts'
import { archiveConversations, blockConversation, unblockConversation } from '#src/contexts/conversation.ts'
import { findPair, lockPair } from '#src/conversations/pairs.repository.ts'
import type { ChatDatabase } from '#src/schema.ts'

type People = readonly [string, string]

/**
 * A block takes the conversation from both. One that arrives after it was lifted leaves them the history, and ends what no
 * match has begun since.
 */
export async function applyBlock(
  trx: Transaction<ChatDatabase>,
  runtime: Runtime,
  people: People,
  { isLatest }: { isLatest: boolean }
): Promise<SendSignals> {
  await lockPair(trx, people)
  const pair = await findPair(trx, people)
  if (pair === undefined) return () => undefined
  if (isLatest) return blockConversation(trx, runtime, pair)
  return archiveConversations(trx, runtime, pair.matched ? [] : [pair])
}

/** The last block between two people was lifted: both read their history again. */
export async function liftBlock(
  trx: Transaction<ChatDatabase>,
  runtime: Runtime,
  people: People
): Promise<SendSignals> {
  await lockPair(trx, people)
  const pair = await findPair(trx, people)
  if (pair === undefined || (await isBlocked(trx, ...people))) return () => undefined
  return unblockConversation(trx, runtime, pair)
}
