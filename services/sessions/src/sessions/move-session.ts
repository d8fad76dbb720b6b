import type { Store } from '@belay/events'
import type { SessionsDatabase } from '#src/schema.ts'
import { checkMove, type MoveName, moves } from './moves.ts'
import { announceSessions, type ClosingMessage } from './session-events.ts'
import { lockSession, updateStatusOf } from './sessions.repository.ts'

export interface MovedSession {
  id: string
  status: (typeof moves)[MoveName]['to']
}

/**
 * Makes one move of the state machine. Moves of one session wait for each other, so each sees the status that the previous
 * one left. Throws SessionNotFound, OnlyInvitee or WrongStatus.
 */
export async function moveSession(
  store: Store<SessionsDatabase>,
  input: { move: MoveName; sessionId: string; userId: string; now: Date; closingMessage?: ClosingMessage | undefined }
): Promise<MovedSession> {
  const { to } = moves[input.move]
  return store.transaction(async (trx) => {
    const session = checkMove(input.move, await lockSession(trx, input.sessionId), input.userId)
    const moved = await updateStatusOf(trx, [session.id], { status: to, now: input.now })
    await announceSessions(trx, moved, { actorId: input.userId, closingMessage: input.closingMessage })
    return { id: session.id, status: to }
  })
}
