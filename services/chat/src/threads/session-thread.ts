import type { Chat } from '#src/context.ts'
import { findThreadView, type ThreadView } from './threads.repository.ts'

/** The thread of a session as this person sees it; undefined when there is no such session. */
export function findSessionThread(chat: Chat, sessionId: string, userId: string): Promise<ThreadView | undefined> {
  return findThreadView(chat.store.db, sessionId, userId)
}
