import type { Chat } from '#src/context.ts'
import { NotAParticipant, ThreadNotFound } from '#src/errors.ts'
import { findSessionThread } from './session-thread.ts'
import type { ThreadView } from './threads.repository.ts'

/** The thread, for one of its members. Throws ThreadNotFound, and NotAParticipant for everybody else. */
export async function requireThread(chat: Chat, threadId: string, userId: string): Promise<ThreadView> {
  const thread = await findSessionThread(chat, threadId, userId)
  if (thread === undefined) throw new ThreadNotFound()
  if (!thread.is_member) throw new NotAParticipant()
  return thread
}
