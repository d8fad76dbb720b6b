import type { Kysely } from 'kysely'
import { AccessDenied, BuddySessionNotFound } from '#src/errors.ts'
import type { SessionsDatabase } from '#src/schema.ts'
import { type BuddySessionView, findBuddySessionView } from './buddy-sessions.repository.ts'

/** A session as one of its two people sees it. Throws BuddySessionNotFound or AccessDenied. */
export async function getBuddySession(
  db: Kysely<SessionsDatabase>,
  sessionId: string,
  userId: string
): Promise<BuddySessionView> {
  const session = await findBuddySessionView(db, sessionId)
  if (session === undefined) throw new BuddySessionNotFound()
  if (session.user1_id !== userId && session.user2_id !== userId) throw new AccessDenied()
  return session
}
