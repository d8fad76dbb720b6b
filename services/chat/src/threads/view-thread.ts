import type { Kysely } from 'kysely'
import type { ChatDatabase } from '#src/schema.ts'
import { findThreadView, type ThreadView } from './threads.repository.ts'

/** Why a person does not see a thread. */
export interface ThreadRefusal {
  ok: false
  reason: 'thread_not_found' | 'not_a_member'
}

/** Returns the thread as one of its members sees it, or why the person does not see it. */
export async function viewThread(
  db: Kysely<ChatDatabase>,
  threadId: string,
  userId: string
): Promise<{ ok: true; thread: ThreadView } | ThreadRefusal> {
  const thread = await findThreadView(db, threadId, userId)
  if (thread === undefined) return { ok: false, reason: 'thread_not_found' }
  return thread.is_member ? { ok: true, thread } : { ok: false, reason: 'not_a_member' }
}
