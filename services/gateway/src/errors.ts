import { appError } from '@belay/kit'

/** The service behind this path does not respond; it is safe to retry. */
export const UpstreamUnavailable = appError('SERVICE_UNAVAILABLE', 'The service is temporarily unavailable', 503)

/** A client exceeded the flood limit; the services enforce the limits of the product. */
export const TooManyRequests = appError('RATE_LIMIT_EXCEEDED', 'Too many requests from this address', 429)

/** A plain request to a WebSocket path. */
export const NotAnUpgrade = appError('UPGRADE_REQUIRED', 'This address speaks WebSocket only', 426, {
  headers: { upgrade: 'websocket', connection: 'Upgrade' }
})
