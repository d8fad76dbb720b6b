import { appError } from '@belay/kit'

/** Also thrown to people who are not part of the session. */
export const SessionNotFound = appError('SESSION_NOT_FOUND', 'Session not found', 404)

/** Also thrown for another person's trip. */
export const TripNotFound = appError('TRIP_NOT_FOUND', 'Trip not found', 404)

/** Also thrown across a block and for disabled and erased people, so that callers cannot tell the cases apart. */
export const InviteeNotFound = appError('INVITEE_NOT_FOUND', 'Invitee not found', 404)

export const SelfInvitation = appError('SELF_INVITATION', 'Cannot invite yourself', 400)
export const DateOutsideTrip = appError('DATE_OUTSIDE_TRIP', 'Proposed date must be within trip date range', 400)
export const TripEndsBeforeStart = appError('TRIP_ENDS_BEFORE_START', 'End date must not be before start date', 400)

/** `%s` is `a pending invitation` or `an accepted session`. */
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

/** Feedback about a person is deleted with their account. */
export const SubjectErased = appError('SUBJECT_ERASED', 'The other person deleted their account', 400)

/** Also thrown across a block. */
export const GatheringNotFound = appError('EVENT_NOT_FOUND', 'Event not found', 404)

export const TagNotFound = appError('TAG_NOT_FOUND', 'Tag not found', 404)
export const OnlyCreatorOfTag = appError('ONLY_CREATOR', 'Only the creator can delete this tag', 403)
export const TagExists = appError('TAG_EXISTS', 'A tag with this name already exists', 409)

/** Also thrown when a host accepts a guest across a block. */
export const RequestNotFound = appError('REQUEST_NOT_FOUND', 'Request not found', 404)

/** `%s` is `change` or `cancel`. */
export const OnlyHostOfGathering = appError('ONLY_HOST', 'Only the host can %s this event', 403)
export const OnlyHostOfRequest = appError('ONLY_HOST', 'Only the host can act on this request', 403)
export const OnlyGuest = appError('ONLY_GUEST', 'Only the guest can withdraw this request', 403)

export const NotTheHost = appError('NOT_THE_HOST', 'host_id is not the host of this event', 400)
export const OwnGathering = appError('OWN_EVENT', 'You cannot request to join your own event', 400)
export const AlreadyRequested = appError('ALREADY_REQUESTED', 'You already have a request for this event', 400)
export const GatheringFull = appError('EVENT_FULL', 'Event is full', 400)
export const GatheringOver = appError('EVENT_OVER', 'Event has already started', 400)
export const GatheringIsCancelled = appError('EVENT_IS_CANCELLED', 'Event is cancelled', 400)
export const StartsInThePast = appError('STARTS_IN_THE_PAST', 'Event must start in the future', 400)
export const CapacityBelowBooked = appError(
  'CAPACITY_BELOW_BOOKED',
  'Capacity cannot be below the %s places that are taken',
  400
)

/** `%s` is the current status in lower case. */
export const RequestIsOver = appError('REQUEST_IS_OVER', 'Request is already %s', 400)

export const MatchNotFound = appError('MATCH_NOT_FOUND', 'Match not found', 404)
export const MatchHasEnded = appError('MATCH_ENDED', 'This match has ended', 400)

/** `%s` is the field. */
export const UnknownChallenge = appError('UNKNOWN_CHALLENGE', '%s is not a challenge', 400)
export const TooManyChallenges = appError('TOO_MANY_CHALLENGES', 'There can be no more challenges', 409)
export const TimeNotInFuture = appError('TIME_NOT_IN_FUTURE', 'The time must be in the future', 400)
export const BuddySessionExists = appError('SESSION_EXISTS', 'This match already has a scheduled session', 409)

export const BuddySessionNotFound = appError('SESSION_NOT_FOUND', 'Session not found', 404)
export const BuddySessionIsCancelled = appError('SESSION_CANCELLED', 'This session was cancelled', 400)
export const SessionNotBegun = appError(
  'SESSION_NOT_BEGUN',
  'A session can be confirmed only after its scheduled time',
  400
)
export const NotYourBuddy = appError('NOT_YOUR_BUDDY', 'buddy_user_id must be the other participant', 400)
export const AlreadyConfirmed = appError('ALREADY_CONFIRMED', 'Already confirmed', 400)

/** The caller is not one of the two people of a match or a session. */
export const AccessDenied = appError('NOT_A_PARTICIPANT', 'Access denied', 403)

export const UserNotFound = appError('USER_NOT_FOUND', 'User not found', 404)
