import type { Store } from '@belay/events'
import type { SessionsDatabase, SessionStatus } from '#src/schema.ts'
import { checkMove, type MoveName, moves } from './moves.ts'
import { announceSessions, type ClosingMessage } from './session-events.ts'
import { lockSession, updateStatusOf } from './sessions.repository.ts'

/**
 * Makes one move of the state machine. Moves of one session wait for each other, so each sees what the one before
 * it left. Throws SessionNotFound, OnlyInvitee or WrongStatus.
 */
export async function moveSession(
  store: Store<SessionsDatabase>,
  input: { move: MoveName; sessionId: string; userId: string; now: Date; closingMessage?: ClosingMessage | undefined }
): Promise<{ id: string; status: SessionStatus; message: string }> {
  const { to, says } = moves[input.move]
  return store.transaction(async (trx) => {
    const session = checkMove(input.move, await lockSession(trx, input.sessionId), input.userId)
    const moved = await updateStatusOf(trx, [session.id], { status: to, now: input.now })
    await announceSessions(trx, moved, { actorId: input.userId, closingMessage: input.closingMessage })
    return { id: session.id, status: to, message: says }
  })
}
