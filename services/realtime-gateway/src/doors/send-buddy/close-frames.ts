import { sessionCloseCodes as codes } from '@belay/contracts'
import type { CloseReason } from '#src/core/codec.ts'
import { commonCloseFrames } from '#src/transports/websocket/close-frames.ts'
import type { CloseFrame } from '#src/transports/websocket/socket-door.ts'

/** How a session socket is closed: 4001–4004 as in the Send Buddy API, the others as in RFC 6455. */
export const closeFrames: Readonly<Record<CloseReason, CloseFrame>> = {
  ...commonCloseFrames,
  thread_not_found: { code: codes.notAParticipant, reason: 'Not a participant in this session' },
  not_a_member: { code: codes.notAParticipant, reason: 'Not a participant in this session' }
}
