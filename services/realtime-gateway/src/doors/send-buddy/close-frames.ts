import { sessionCloseCodes as codes } from '@belay/contracts'
import { commonCloseFrames } from '#src/transports/websocket/close-frames.ts'
import type { CloseReason } from '#src/core/codec.ts'

/** How the server closes a session socket: 4001–4004 as in the Send Buddy API, the others as in RFC 6455. */
export const closeFrames: Readonly<Record<CloseReason, { code: number; reason: string }>> = {
  ...commonCloseFrames,
  thread_not_found: { code: codes.notAParticipant, reason: 'Not a participant in this session' },
  not_a_member: { code: codes.notAParticipant, reason: 'Not a participant in this session' }
}
