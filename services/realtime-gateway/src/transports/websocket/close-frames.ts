import { sessionCloseCodes as codes } from '@belay/contracts'
import type { CloseReason } from '#src/core/codec.ts'
import type { CloseFrame } from './socket-door.ts'

/** The close frame is all that a page sees of a refusal, so it names what to do. */
const noToken = 'No token: send ?token=, the header Authorization: Bearer, or the subprotocols bearer, <token>'

/** How a raw WebSocket of any door is closed; the other reasons are in the door's own words. */
export const commonCloseFrames = {
  no_token: { code: codes.noToken, reason: noToken },
  user_not_found: { code: codes.userNotFound, reason: 'User not found' },
  bad_token: { code: codes.badToken, reason: 'Invalid or expired token' },
  token_expired: { code: codes.badToken, reason: 'Token expired' },
  account_disabled: { code: codes.badToken, reason: 'Account disabled' },
  account_deleted: { code: codes.badToken, reason: 'Account deleted' },
  logged_out: { code: codes.badToken, reason: 'Logged out' },
  user_mismatch: { code: codes.notAParticipant, reason: "The token is another user's" },
  too_many_connections: { code: codes.tooManyConnections, reason: 'Too many connections' },
  too_slow: { code: codes.tooSlow, reason: 'Too slow; reconnect with after_seq' },
  unavailable: { code: codes.tryAgainLater, reason: 'Try again later' },
  restarting: { code: codes.restarting, reason: 'Server restarting; reconnect with after_seq' }
} as const satisfies Partial<Record<CloseReason, CloseFrame>>
