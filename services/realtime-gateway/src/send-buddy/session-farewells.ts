import { sessionCloseCodes as codes } from '@belay/contracts'
import type { Ending } from '#src/core/codec.ts'

/** How the server closes a session socket: 4001–4004 as in the Send Buddy API, the others as in RFC 6455. */
export const sessionFarewells: Readonly<Record<Ending, { code: number; reason: string }>> = {
  no_token: { code: codes.noToken, reason: 'No token provided' },
  user_not_found: { code: codes.userNotFound, reason: 'User not found' },
  bad_token: { code: codes.badToken, reason: 'Invalid or expired token' },
  token_expired: { code: codes.badToken, reason: 'Token expired' },
  account_disabled: { code: codes.badToken, reason: 'Account disabled' },
  account_deleted: { code: codes.badToken, reason: 'Account deleted' },
  logged_out: { code: codes.badToken, reason: 'Logged out' },
  thread_not_found: { code: codes.notAParticipant, reason: 'Not a participant in this session' },
  not_a_member: { code: codes.notAParticipant, reason: 'Not a participant in this session' },
  too_many_connections: { code: codes.tooManyConnections, reason: 'Too many connections' },
  too_slow: { code: codes.tooSlow, reason: 'Too slow; reconnect with after_seq' },
  unavailable: { code: codes.tryAgainLater, reason: 'Try again later' },
  restarting: { code: codes.restarting, reason: 'Server restarting; reconnect with after_seq' }
}
