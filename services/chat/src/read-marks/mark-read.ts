import { type ThreadSignal, ThreadRead } from '@belay/contracts'
import { recordEvent } from '@belay/events'
import type { Transaction } from 'kysely'
import type { Chat } from '#src/context.ts'
import type { ChatDatabase } from '#src/schema.ts'
import { type ThreadRefusal, viewThread } from '#src/threads/view-thread.ts'
import { findReadMark, lockMark, type NewMark, type ReadMark, updateReadMark } from './read-marks.repository.ts'
import { findReceivedMessage, giveReceipt } from './receipts.repository.ts'

type Receipt = NonNullable<Extract<ThreadSignal, { kind: 'read' }>['receipt']>

/** A mark as it is after an attempt to move it. */
interface Marked extends ReadMark {
  moved: boolean
  /** Of a mark that moved in a direct thread past a message of the other person. */
  receipt?: Receipt | undefined
}

/**
 * Marks a thread read up to `lastReadSeq` (all of it when absent or beyond the end), never backwards, and signals a mark
 * that moved to the thread's open sockets. Resolves to the mark as it is then.
 */
export async function markRead(chat: Chat, mark: NewMark): Promise<({ ok: true } & ReadMark) | ThreadRefusal> {
  const view = await viewThread(chat.store.db, mark.threadId, mark.userId)
  if (!view.ok) return view
  const receipts = view.thread.context === 'direct' ? { now: chat.runtime.clock.now() } : undefined
  const marked = await chat.store.transaction((trx) => moveMark(trx, mark, receipts))
  if (marked === undefined) return { ok: false, reason: 'not_a_member' }
  signalMark(chat, mark, marked)
  const { last_read_seq, unread_count } = marked
  return { ok: true, last_read_seq, unread_count }
}

/** Signals a mark that moved to the thread's open sockets. */
export function signalMark(
  { live }: Pick<Chat, 'live'>,
  { threadId, userId }: NewMark,
  { moved, last_read_seq, receipt }: Marked
): void {
  if (moved) live.read(threadId, { user_id: userId, last_read_seq, ...(receipt && { receipt }) })
}

/**
 * Moves a member's mark forward and records that it moved, in direct threads with a receipt. Resolves to undefined for a
 * person who is not in the thread.
 */
export async function moveMark(
  trx: Transaction<ChatDatabase>,
  mark: NewMark,
  receipts: { now: Date } | undefined
): Promise<Marked | undefined> {
  const before = await lockMark(trx, mark.threadId, mark.userId)
  if (before === undefined) return undefined
  const moved = await updateReadMark(trx, mark)
  const now = await findReadMark(trx, mark.threadId, mark.userId)
  if (now === undefined || !moved) return now && { ...now, moved }
  await recordEvent(trx, ThreadRead, {
    subject: mark.threadId,
    data: { thread_id: mark.threadId, user_id: mark.userId, last_read_seq: now.last_read_seq }
  })
  return {
    ...now,
    moved,
    receipt: receipts && (await receiptOf(trx, mark, { after: before, upTo: now.last_read_seq }, receipts.now))
  }
}

async function receiptOf(
  trx: Transaction<ChatDatabase>,
  { threadId, userId }: NewMark,
  { after, upTo: upToSeq }: { after: number; upTo: number },
  now: Date
): Promise<Receipt | undefined> {
  const message = await findReceivedMessage(trx, { threadId, userId, afterSeq: after, upToSeq })
  if (message === undefined) return undefined
  const readAt = await giveReceipt(trx, { threadId, userId, seq: message.seq, upToSeq, now })
  const shown_to = message.sender_is_premium ? [message.sender_id] : []
  return { message_id: message.id, read_at: readAt.toISOString(), shown_to }
}
