import type { Message } from '@belay/contracts'
import type { Kysely } from 'kysely'
import type { ChatDatabase } from '#src/schema.ts'
import { type ThreadRefusal, viewThread } from '#src/threads/view-thread.ts'
import { toMessage } from './message.ts'
import { readRange, type SeqRange } from './messages.repository.ts'

/** Which messages of a thread to read: between two `seq`, or the newest ones but for the `skip` last. */
export type MessageRange = SeqRange | { skip: number; limit: number }

/** A range of a thread, oldest message first, and the `seq` of its last message. */
export interface MessageList {
  messages: Message[]
  lastSeq: number
}

/** Reads a range of a thread for one of its members. */
export async function listMessages(
  db: Kysely<ChatDatabase>,
  { threadId, readerId, range }: { threadId: string; readerId: string; range: MessageRange }
): Promise<({ ok: true } & MessageList) | ThreadRefusal> {
  const view = await viewThread(db, threadId, readerId)
  if (!view.ok) return view
  const { id, last_seq: lastSeq } = view.thread
  const rows = await readRange(db, id, { ...toSeqRange(range, lastSeq), readerId })
  return { ok: true, messages: rows.map(toMessage), lastSeq }
}

/** Within the bounds of the thread: callers may pass any number, and a column holds fewer. */
function toSeqRange(range: MessageRange, lastSeq: number): SeqRange {
  const { limit } = range
  // A `seq` has no gaps, so skipping is arithmetic.
  if ('skip' in range) return { before: Math.max(1, lastSeq + 1 - range.skip), limit }
  const { after, before } = range
  return {
    after: after === undefined ? undefined : Math.min(after, lastSeq),
    before: before === undefined ? undefined : Math.min(before, lastSeq + 1),
    limit
  }
}
