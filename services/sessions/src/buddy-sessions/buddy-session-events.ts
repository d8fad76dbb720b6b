import type { BuddySessionRow } from '#src/schema.ts'

/** The part that all events of a session have in common. */
export function describeBuddySession(session: BuddySessionRow) {
  return {
    session_id: session.id,
    match_id: session.match_id,
    user_ids: [session.user1_id, session.user2_id],
    venue_name: session.venue_name,
    scheduled_time: session.scheduled_time.toISOString(),
    status: session.status,
    version: session.version
  }
}
