import { appError, type FieldFault, withExtras } from './app-error.ts'

/** The call has no credentials. */
export const NoCredentials = appError('UNAUTHENTICATED', 'Authentication credentials were not provided', 401, {
  headers: { 'www-authenticate': 'Bearer' }
})

/** The token is malformed, forged, expired, or its user is gone; the response does not reveal which. */
export const InvalidToken = appError('UNAUTHENTICATED', 'Invalid or expired token', 401, {
  headers: { 'www-authenticate': 'Bearer error="invalid_token"' }
})

export const AccountDisabled = appError('ACCOUNT_DISABLED', 'This account is disabled', 403)

export const AdminOnly = appError('UNAUTHORIZED_ACTION', 'Only administrators can do this', 403)

export const NotFound = appError('NOT_FOUND', 'Not found', 404)

export const BadRequest = appError('BAD_REQUEST', 'The request is malformed', 400)

export const InvalidJson = appError('INVALID_JSON', 'The body is not valid JSON', 400)

export const PayloadTooLarge = appError('PAYLOAD_TOO_LARGE', 'The body is larger than 256 KiB', 413)

export const UnsupportedMediaType = appError('UNSUPPORTED_MEDIA_TYPE', 'The body must be sent as application/json', 415)

/** The method is not an HTTP method. */
export const MethodNotAllowed = appError('METHOD_NOT_ALLOWED', 'Method not allowed', 405, {
  headers: { allow: 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS' }
})

/** The head or the body of the request did not arrive in time. */
export const RequestTimeout = appError('REQUEST_TIMEOUT', 'The request took too long to arrive', 408)

export const ExpectationFailed = appError('EXPECTATION_FAILED', 'The expectation cannot be met', 417)

export const HeadersTooLarge = appError('HEADERS_TOO_LARGE', 'The headers are larger than 16 KiB', 431)

export const InternalError = appError('INTERNAL_ERROR', 'Internal server error', 500)

/** The database or the bus is unavailable; retrying helps. */
export const ServiceUnavailable = appError('SERVICE_UNAVAILABLE', 'The service is temporarily unavailable', 503)

const InvalidInputBase = appError('VALIDATION_ERROR', '%s', 400, { statusIn: (door) => door.invalidInput })

/** Invalid input that a schema cannot detect. The status is that of the front door (400 or 422). */
export class InvalidInput extends InvalidInputBase {
  constructor(detail: string, faults: readonly FieldFault[] = []) {
    super(detail)
    if (faults.length > 0) withExtras(this, { members: { errors: faults } })
  }
}

/** The key was used for another request. */
export const IdempotencyKeyReused = appError(
  'IDEMPOTENCY_KEY_REUSED',
  'This Idempotency-Key was used with another request',
  422,
  { statusIn: (door) => door.idempotencyKeyReused }
)

/** The first request with the key takes longer than its repetition can wait. */
export const IdempotencyConflict = appError(
  'IDEMPOTENCY_IN_PROGRESS',
  'The first request with this Idempotency-Key is still running',
  409,
  { headers: { 'retry-after': '1' } }
)

/**
 * The change is stored and will take effect, but a service whose answers depend on it has not confirmed it. The same
 * call again returns what this one would have returned, once the change is in effect.
 */
export const NotYetEffective = appError(
  'NOT_YET_EFFECTIVE',
  'The change is stored but not in effect everywhere yet; repeat the call to get its answer',
  503
)
