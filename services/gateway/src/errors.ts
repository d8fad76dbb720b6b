import { appError } from '@belay/kit'

/** The service behind this path does not answer; it is safe to try again. */
export const UpstreamUnavailable = appError('SERVICE_UNAVAILABLE', 'The service is temporarily unavailable', 503)

/** The flood guard's refusal; the limits of the product are the services'. */
export const TooManyRequests = appError('RATE_LIMIT_EXCEEDED', 'Too many requests from this address', 429)

/** A plain request where only WebSockets are spoken. */
export const NotAnUpgrade = appError('UPGRADE_REQUIRED', 'This address speaks WebSocket only', 426, {
  headers: { upgrade: 'websocket', connection: 'Upgrade' }
})
