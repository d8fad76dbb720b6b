import { ThreadRead } from '@belay/contracts'
import { recordEvent } from '@belay/events'
import type { Transaction } from 'kysely'
import type { Chat } from '#src/context.ts'
import type { ChatDatabase } from '#src/schema.ts'
import { type ThreadRefusal, viewThread } from '#src/threads/view-thread.ts'
import { findReadMark, lockMember, type NewMark, type ReadMark, updateReadMark } from './read-marks.repository.ts'

/**
 * Marks a thread read up to `lastReadSeq` (all of it when absent or beyond the end), never backwards, and signals a mark
 * that moved to the thread's open sockets. Resolves to the mark as it is then.
 */
export async function markRead(chat: Chat, mark: NewMark): Promise<({ ok: true } & ReadMark) | ThreadRefusal> {
  const view = await viewThread(chat.store.db, mark.threadId, mark.userId)
  if (!view.ok) return view
  const marked = await chat.store.transaction((trx) => moveMark(trx, mark))
  if (marked === undefined) return { ok: false, reason: 'not_a_member' }
  const { moved, ...now } = marked
  if (moved) chat.live.read(mark.threadId, { user_id: mark.userId, last_read_seq: now.last_read_seq })
  return { ok: true, ...now }
}

/** Moves a member's mark forward and records that it moved; undefined for a person who is not in the thread. */
export async function moveMark(
  trx: Transaction<ChatDatabase>,
  mark: NewMark
): Promise<(ReadMark & { moved: boolean }) | undefined> {
  if (!(await lockMember(trx, mark.threadId, mark.userId))) return undefined
  const moved = await updateReadMark(trx, mark)
  const now = await findReadMark(trx, mark.threadId, mark.userId)
  if (now === undefined) return undefined
  if (moved) {
    await recordEvent(trx, ThreadRead, {
      subject: mark.threadId,
      data: { thread_id: mark.threadId, user_id: mark.userId, last_read_seq: now.last_read_seq }
    })
  }
  return { ...now, moved }
}
