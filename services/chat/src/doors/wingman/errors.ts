import { MatchNotFound, NotAParticipant, ThreadIsLocked } from '#src/errors.ts'
import { refusalErrors } from '../refusal-errors.ts'

/** The errors of the Wingman API: a conversation is known by its match. */
export const toError = refusalErrors({
  threadNotFound: MatchNotFound,
  notAMember: NotAParticipant,
  locked: (detail) => new ThreadIsLocked(detail)
})
