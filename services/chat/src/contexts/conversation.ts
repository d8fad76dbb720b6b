import type { Runtime } from '@belay/kit'
import type { Transaction } from 'kysely'
import { type Pair, updateStatus } from '#src/conversations/pairs.repository.ts'
import type { ChatDatabase } from '#src/schema.ts'
import { applyChanges, type SendSignals } from './apply.ts'
import { archived, blocked, opened, unblocked } from './direct.ts'
import type { ThreadChange, Words } from './thread-change.ts'

type Status = 'active' | 'archived' | 'blocked'

/** Opens the conversation of a pair that the caller holds locked, also again, and adds the words to it. */
export async function openConversation(
  trx: Transaction<ChatDatabase>,
  runtime: Runtime,
  pair: Pair,
  words: Words[] = []
): Promise<SendSignals> {
  return change(trx, runtime, [pair], 'active', opened(pair, words))
}

/** Ends writing in those conversations of locked pairs that are open. */
export async function archiveConversations(
  trx: Transaction<ChatDatabase>,
  runtime: Runtime,
  pairs: readonly Pair[]
): Promise<SendSignals> {
  const open = pairs.filter((pair) => pair.status === 'active')
  const send = await change(trx, runtime, open, 'archived', open.flatMap(archived))
  return (live) => {
    send(live)
    for (const { id, userIds } of open) live.conversationClosed(id, userIds)
  }
}

/** Takes the conversation of a locked pair away from both, if it ever opened. */
export async function blockConversation(
  trx: Transaction<ChatDatabase>,
  runtime: Runtime,
  pair: Pair
): Promise<SendSignals> {
  const taken = pair.status === null ? [] : [pair]
  return change(trx, runtime, taken, 'blocked', taken.flatMap(blocked))
}

/** Gives both people of a locked pair their history back. */
export async function unblockConversation(
  trx: Transaction<ChatDatabase>,
  runtime: Runtime,
  pair: Pair
): Promise<SendSignals> {
  const returned = pair.status === 'blocked' ? [pair] : []
  return change(trx, runtime, returned, 'archived', returned.flatMap(unblocked))
}

async function change(
  trx: Transaction<ChatDatabase>,
  runtime: Runtime,
  pairs: readonly Pair[],
  status: Status,
  changes: ThreadChange[]
): Promise<SendSignals> {
  const send = await applyChanges(trx, runtime, changes)
  const ids = pairs.filter((pair) => pair.status !== status).map((pair) => pair.id)
  if (ids.length > 0) await updateStatus(trx, ids, status, runtime.clock.now())
  return send
}
