import { Type } from 'typebox'
import { SessionStatus } from '../sessions.ts'
import { Id, Nullable } from '../text.ts'
import { defineQuestion } from './define-question.ts'

/** The state of one session, for a service whose projection has not heard of it yet; null when there is none. */
export const FindSession = defineQuestion({
  service: 'sessions',
  method: 'find-session',
  input: Type.Object({ session_id: Id }),
  output: Type.Object({
    session: Nullable(
      Type.Object({
        session_id: Id,
        inviter_id: Id,
        invitee_id: Id,
        status: SessionStatus,
        version: Type.Integer()
      })
    )
  })
})
