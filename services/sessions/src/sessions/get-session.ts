import type { Kysely } from 'kysely'
import { SessionNotFound } from '#src/errors.ts'
import type { SessionsDatabase } from '#src/schema.ts'
import type { Conversations, NewestMessages } from './conversations.ts'
import { findSessionView, type SessionView } from './session-views.repository.ts'

/** A session with its newest messages. Throws SessionNotFound, also to people who are not part of it. */
export async function getSession(
  deps: { db: Kysely<SessionsDatabase>; conversations: Conversations },
  sessionId: string,
  userId: string
): Promise<{ session: SessionView; newest: NewestMessages }> {
  const session = await findSessionView(deps.db, sessionId)
  if (!session || (session.inviter_id !== userId && session.invitee_id !== userId)) throw new SessionNotFound()
  return { session, newest: await deps.conversations.listNewest(session.id) }
}
