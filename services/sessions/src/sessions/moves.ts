import { OnlyInvitee, SessionNotFound, WrongStatus } from '#src/errors.ts'
import type { SessionRow, SessionStatus } from '#src/schema.ts'

interface Move {
  by: 'invitee' | 'either'
  from: readonly SessionStatus[]
  to: SessionStatus
}

/** The whole state machine: who may move a session, from which status, to which. All other moves are rejected. */
export const moves = {
  accept: { by: 'invitee', from: ['pending'], to: 'accepted' },
  decline: { by: 'invitee', from: ['pending'], to: 'declined' },
  cancel: { by: 'either', from: ['pending', 'accepted'], to: 'cancelled' },
  complete: { by: 'either', from: ['accepted'], to: 'completed' }
} as const satisfies Record<string, Move>

export type MoveName = keyof typeof moves

/**
 * Returns the session if this person may make this move now. Throws SessionNotFound to people who are not part of it,
 * OnlyInvitee or WrongStatus.
 */
export function checkMove(name: MoveName, session: SessionRow | undefined, userId: string): SessionRow {
  if (!session || (session.inviter_id !== userId && session.invitee_id !== userId)) throw new SessionNotFound()
  const move: Move = moves[name]
  if (move.by === 'invitee' && session.invitee_id !== userId) throw new OnlyInvitee(name)
  if (!move.from.includes(session.status)) throw new WrongStatus(name, withArticle(session.status))
  return session
}

function withArticle(status: SessionStatus): string {
  return status === 'accepted' ? `an ${status}` : `a ${status}`
}
