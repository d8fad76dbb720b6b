import { FindSession } from '@belay/contracts'
import type { Chat } from '#src/context.ts'
import { applySessionState } from './apply-session-state.ts'
import { findThreadView, type ThreadView } from './threads.repository.ts'

/**
 * The thread of a session as this person sees it; undefined when there is no such session. A session whose event
 * has not arrived yet is asked for, so that whoever was just told of it can already write in it.
 */
export async function findSessionThread(
  chat: Chat,
  sessionId: string,
  userId: string
): Promise<ThreadView | undefined> {
  const known = await findThreadView(chat.store.db, sessionId, userId)
  if (known) return known
  const { session } = await chat.bus.ask(FindSession, { session_id: sessionId })
  if (session === null) return undefined
  await chat.store.transaction((trx) => applySessionState(trx, session, chat.runtime.clock.now()))
  return findThreadView(chat.store.db, sessionId, userId)
}
