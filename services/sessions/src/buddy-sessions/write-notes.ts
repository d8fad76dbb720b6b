import type { Store } from '@belay/events'
import { AccessDenied, BuddySessionNotFound } from '#src/errors.ts'
import type { SessionsDatabase } from '#src/schema.ts'
import { lockBuddySession, updateNotes } from './buddy-sessions.repository.ts'
import { withoutMarkup } from './without-markup.ts'

/** Replaces the notes that both people share; an empty text clears them. Returns them as stored, without markup. */
export async function writeNotes(
  store: Store<SessionsDatabase>,
  input: { sessionId: string; userId: string; notes: string; now: Date }
): Promise<string> {
  const notes = withoutMarkup(input.notes)
  await store.transaction(async (trx) => {
    const session = await lockBuddySession(trx, input.sessionId)
    if (session === undefined) throw new BuddySessionNotFound()
    if (session.user1_id !== input.userId && session.user2_id !== input.userId) throw new AccessDenied()
    await updateNotes(trx, session.id, notes, input.now)
  })
  return notes
}
