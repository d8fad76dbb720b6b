import type { Chat } from '#src/context.ts'
import { NotAParticipant } from '#src/errors.ts'
import { requireThread } from '#src/threads/require-thread.ts'
import { markRead } from './mark-read.ts'

/** Moves the reader's mark in a thread and tells its open sockets. */
export async function markThreadRead(
  chat: Chat,
  request: { threadId: string; readerId: string; lastReadSeq: number }
): Promise<void> {
  const thread = await requireThread(chat, request.threadId, request.readerId)
  const mark = await markRead(chat.store, {
    threadId: thread.id,
    userId: request.readerId,
    lastReadSeq: request.lastReadSeq
  })
  if (mark === undefined) throw new NotAParticipant()
  if (mark.moved) chat.live.read(thread.id, { user_id: request.readerId, last_read_seq: mark.last_read_seq })
}
