import { FindSession } from '@belay/contracts'
import { answerer } from '@belay/kit'
import type { Kysely } from 'kysely'
import type { SessionsDatabase } from '#src/schema.ts'
import { findSession } from '#src/sessions/sessions.repository.ts'

export const answerFindSession = (db: Kysely<SessionsDatabase>) =>
  answerer(FindSession, async ({ session_id }) => {
    const session = await findSession(db, session_id)
    if (!session) return { session: null }
    const { inviter_id, invitee_id, status, version } = session
    return { session: { session_id: session.id, inviter_id, invitee_id, status, version } }
  })
