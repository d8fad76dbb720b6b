import { SessionAccepted, SessionCancelled, SessionCompleted, SessionDeclined, SessionInvited } from '@belay/contracts'
import { recordEvents } from '@belay/events'
import type { Transaction } from 'kysely'
import type { SessionRow, SessionsDatabase } from '#src/schema.ts'

/** The last message of a conversation, by the person who closes the session. */
export interface ClosingMessage {
  id: string
  body: string
}

/** Why sessions changed. */
export interface Occasion {
  /** Null when it was the clock. */
  actorId: string | null
  closingMessage?: ClosingMessage | undefined
  /** Why a session was cancelled. Defaults to `person`. */
  cause?: 'person' | 'block' | 'account_deleted'
}

/** Records one event for each session, according to its status. */
export async function announceSessions(
  trx: Transaction<SessionsDatabase>,
  sessions: readonly SessionRow[],
  occasion: Occasion
): Promise<void> {
  const { actorId, closingMessage: closing_message = null, cause = 'person' } = occasion
  for (const [status, group] of Map.groupBy(sessions, (session) => session.status)) {
    const describe = <T>(extra: T) =>
      group.map((session) => ({ subject: session.id, data: { ...describeSession(session, actorId), ...extra } }))
    if (status === 'pending') await recordEvents(trx, SessionInvited, describe({}))
    if (status === 'accepted') await recordEvents(trx, SessionAccepted, describe({}))
    if (status === 'completed') await recordEvents(trx, SessionCompleted, describe({}))
    if (status === 'declined') await recordEvents(trx, SessionDeclined, describe({ closing_message }))
    if (status === 'cancelled') await recordEvents(trx, SessionCancelled, describe({ closing_message, cause }))
  }
}

function describeSession(session: SessionRow, actorId: string | null) {
  return {
    session_id: session.id,
    inviter_id: session.inviter_id,
    invitee_id: session.invitee_id,
    status: session.status,
    proposed_date: session.proposed_date,
    crag: session.crag,
    actor_id: actorId,
    version: session.version,
    created_at: session.created_at.toISOString(),
    updated_at: session.updated_at.toISOString()
  }
}
