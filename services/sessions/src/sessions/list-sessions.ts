import { type Page, type PageRequest, readPage } from '@belay/kit'
import type { Kysely } from 'kysely'
import type { SessionsDatabase } from '#src/schema.ts'
import type { Conversations, ThreadSummary } from './conversations.ts'
import { countSessions, listSessionViews, type SessionFilter, type SessionView } from './session-views.repository.ts'

export interface ListedSession {
  session: SessionView
  /** Undefined while the conversation has not opened yet. */
  conversation: ThreadSummary | undefined
}

/** Returns a page of a person's sessions, with two questions to chat for any page size. Throws PageNotFound. */
export async function listSessions(
  deps: { db: Kysely<SessionsDatabase>; conversations: Conversations },
  filter: SessionFilter,
  page: PageRequest
): Promise<Page<ListedSession>> {
  return readPage(page, {
    count: () => countSessions(deps.db, filter),
    list: async (range) => {
      const activity = await deps.conversations.listActivity(filter.userId)
      const times = activity.map((thread) => ({
        session_id: thread.thread_id,
        last_message_at: new Date(thread.last_message_at)
      }))
      const sessions = await listSessionViews(deps.db, filter, times, range)
      const ids = sessions.map((session) => session.id)
      const summaries = await deps.conversations.summarise(filter.userId, ids)
      const byThread = new Map(summaries.map((summary) => [summary.thread_id, summary]))
      return sessions.map((session) => ({ session, conversation: byThread.get(session.id) }))
    }
  })
}
