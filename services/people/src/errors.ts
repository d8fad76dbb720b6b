import { appError } from '@belay/kit'

export const EmailTaken = appError('EMAIL_TAKEN', 'An account with this email already exists', 409)

/** Has the same words whether or not the address has an account. */
export const InvalidCredentials = appError('INVALID_CREDENTIALS', 'Invalid email or password', 401)

/** Missing, unknown, expired, used or revoked; the client does not learn which. */
export const InvalidRefreshToken = appError('INVALID_REFRESH_TOKEN', 'Invalid or expired refresh token', 401)

/** Also thrown for people across a block. */
export const UserNotFound = appError('USER_NOT_FOUND', 'User not found', 404)

/** There is a block between the two, by either of them. */
export const BlockedPerson = appError('USER_BLOCKED', 'One of you has blocked the other', 403)

/** Also thrown for a match that has ended. */
export const MatchNotFound = appError('MATCH_NOT_FOUND', 'Match not found', 404)

export const NotYourMatch = appError('UNAUTHORIZED_ACTION', 'You are not part of this match', 403)

export const ReportNotFound = appError('REPORT_NOT_FOUND', 'Report not found', 404)

export const WrongPassword = appError('WRONG_PASSWORD', 'Wrong password', 403)

/** Accounts of another identity provider have no password here that could confirm the deletion. */
export const ManagedElsewhere = appError(
  'ACCOUNT_MANAGED_ELSEWHERE',
  'This account belongs to another identity provider and cannot be deleted here',
  403
)

export const CannotDisableYourself = appError('CANNOT_DISABLE_YOURSELF', 'You cannot disable your own account', 400)

/** Too many passwords wait to be hashed. */
export const Busy = appError('PEOPLE_BUSY', 'Too many sign-ins at once, please try again', 503)

/** Every signing key is sealed with another secret than this process was given. */
export const NoSigningKey = appError('NO_SIGNING_KEY', 'Tokens cannot be signed at the moment', 503)
