import type { Store } from '@belay/events'
import { isBlocked, lockUsers } from '@belay/people-projection'
import { AccessDenied } from '#src/errors.ts'
import type { SessionsDatabase } from '#src/schema.ts'
import { updateNotes } from './buddy-sessions.repository.ts'
import { getBuddySession } from './get-buddy-session.ts'
import { withoutMarkup } from './without-markup.ts'

/**
 * Replaces the notes that both people share; an empty text clears them. Returns them as stored, without markup. Throws
 * BuddySessionNotFound or AccessDenied, the latter across a block, too: the other person reads the notes.
 */
export async function writeNotes(
  store: Store<SessionsDatabase>,
  input: { sessionId: string; userId: string; notes: string; now: Date }
): Promise<string> {
  const notes = withoutMarkup(input.notes)
  await store.transaction(async (trx) => {
    const { id, user1_id, user2_id } = await getBuddySession(trx, input.sessionId, input.userId)
    await lockUsers(trx, [user1_id, user2_id])
    if (await isBlocked(trx, user1_id, user2_id)) throw new AccessDenied()
    await updateNotes(trx, id, notes, input.now)
  })
  return notes
}
