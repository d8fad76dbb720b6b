import { appError } from '@belay/kit'

/** Also the answer for a session of other people: its existence is theirs. */
export const SessionNotFound = appError('SESSION_NOT_FOUND', 'Session not found', 404)

/** Also the answer for somebody else's trip. */
export const TripNotFound = appError('TRIP_NOT_FOUND', 'Trip not found', 404)

/** Also the answer across a block, and for disabled and erased people: nothing tells them apart. */
export const InviteeNotFound = appError('INVITEE_NOT_FOUND', 'Invitee not found', 404)

export const SelfInvitation = appError('SELF_INVITATION', 'Cannot invite yourself', 400)
export const DateOutsideTrip = appError('DATE_OUTSIDE_TRIP', 'Proposed date must be within trip date range', 400)
export const TripEndsBeforeStart = appError('TRIP_ENDS_BEFORE_START', 'End date must not be before start date', 400)

/** `%s` is what stands in the way: `a pending invitation` or `an accepted session`. */
export const AlreadyInvited = appError('ALREADY_INVITED', 'You already have %s with this user for this date', 400)

/** `%s` is the move. */
export const OnlyInvitee = appError('ONLY_INVITEE', 'Only invitee can %s', 403)

/** `%s` are the move and the current status with its article. */
export const WrongStatus = appError('WRONG_STATUS', 'Cannot %s %s session', 400)

/** `%s` is the current status. */
export const FeedbackTooEarly = appError(
  'FEEDBACK_TOO_EARLY',
  'Feedback needs a completed session, this one is %s',
  400
)

export const FeedbackAlreadyGiven = appError(
  'FEEDBACK_ALREADY_GIVEN',
  'You already gave feedback for this session',
  409
)

/** What is said about somebody goes with their account. */
export const SubjectErased = appError('SUBJECT_ERASED', 'The other person deleted their account', 400)
