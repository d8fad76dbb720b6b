import { OnlyInvitee, SessionNotFound, WrongStatus } from '#src/errors.ts'
import type { SessionRow, SessionStatus } from '#src/schema.ts'

interface Move {
  by: 'invitee' | 'either'
  from: readonly SessionStatus[]
  to: SessionStatus
  /** What the move answers. */
  says: string
}

/** The whole state machine: who may move a session, from where, to where. Everything else is refused. */
export const moves = {
  accept: { by: 'invitee', from: ['pending'], to: 'accepted', says: 'Invitation accepted' },
  decline: { by: 'invitee', from: ['pending'], to: 'declined', says: 'Invitation declined' },
  cancel: { by: 'either', from: ['pending', 'accepted'], to: 'cancelled', says: 'Session cancelled' },
  complete: {
    by: 'either',
    from: ['accepted'],
    to: 'completed',
    says: 'Session marked as completed. Please provide feedback.'
  }
} as const satisfies Record<string, Move>

export type MoveName = keyof typeof moves

/** The session, or the reason why this person may not make this move now. To a stranger it does not exist. */
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
