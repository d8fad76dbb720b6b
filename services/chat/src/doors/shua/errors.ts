import { NotAParticipant, ThreadIsLocked, ThreadNotFound } from '#src/errors.ts'
import { refusalErrors } from '../refusal-errors.ts'

/** The errors of the Shua API. */
export const toError = refusalErrors({
  threadNotFound: ThreadNotFound,
  notAMember: NotAParticipant,
  locked: () => new ThreadIsLocked('Thread is locked')
})
