import type { Runtime } from '@belay/kit'
import { isBlocked } from '@belay/people-projection'
import type { Transaction } from 'kysely'
import type { SendSignals } from '#src/contexts/apply.ts'
import { archiveConversations, blockConversation, unblockConversation } from '#src/contexts/conversation.ts'
import { findPair, lockPair } from '#src/conversations/pairs.repository.ts'
import { findPending } from '#src/message-requests/requests.repository.ts'
import { endRequests } from '#src/message-requests/settle-requests.ts'
import type { ChatDatabase } from '#src/schema.ts'

type People = readonly [string, string]

/**
 * A block takes the conversation from both and cancels the request that waits between them. One that arrives after it was
 * lifted leaves them the history, and ends only what was there before and no match has begun since.
 */
export async function applyBlock(
  trx: Transaction<ChatDatabase>,
  runtime: Runtime,
  people: People,
  { isLatest, blockedAt }: { isLatest: boolean; blockedAt: Date }
): Promise<SendSignals> {
  await lockPair(trx, people)
  const pair = await findPair(trx, people)
  if (pair === undefined) return () => undefined
  const pending = await findPending(trx, pair.id)
  const isBefore = pending !== undefined && (isLatest || pending.created_at < blockedAt)
  await endRequests(trx, runtime, isBefore ? [pending] : [], 'cancelled')
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
