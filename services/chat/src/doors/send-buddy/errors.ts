import { SessionNotFound, ThreadIsLocked } from '#src/errors.ts'
import { refusalErrors } from '../refusal-errors.ts'

/** The errors of the Send Buddy API: only its two people learn that a session exists. */
export const toError = refusalErrors({
  threadNotFound: SessionNotFound,
  notAMember: SessionNotFound,
  locked: (detail) => new ThreadIsLocked(detail)
})
