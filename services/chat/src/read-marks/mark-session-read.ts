import type { Chat } from '#src/context.ts'
import { SessionNotFound } from '#src/errors.ts'
import { findSessionThread } from '#src/threads/session-thread.ts'
import { markRead } from './mark-read.ts'
import type { ReadMark } from './read-marks.repository.ts'

/** Moves the reader's mark in a session's chat and tells its open sockets. */
export async function markSessionRead(
  chat: Chat,
  request: { sessionId: string; readerId: string; lastReadSeq: number | undefined }
): Promise<ReadMark> {
  const thread = await findSessionThread(chat, request.sessionId, request.readerId)
  if (!thread?.is_member) throw new SessionNotFound()
  const mark = await markRead(chat.store, {
    threadId: thread.id,
    userId: request.readerId,
    lastReadSeq: request.lastReadSeq
  })
  if (mark === undefined) throw new SessionNotFound()
  if (mark.moved) chat.live.read(thread.id, { user_id: request.readerId, last_read_seq: mark.last_read_seq })
  return mark
}
