import { appError } from '../errors/app-error.ts'

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
