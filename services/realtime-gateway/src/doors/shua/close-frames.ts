import { sessionCloseCodes as codes } from '@belay/contracts'
import type { CloseReason } from '#src/core/codec.ts'
import { commonCloseFrames } from '#src/transports/websocket/close-frames.ts'
import type { CloseFrame } from '#src/transports/websocket/socket-door.ts'

/** How `/ws/{user_id}` is closed; the end of a single thread is an error frame. */
export const closeFrames: Readonly<Record<CloseReason, CloseFrame>> = {
  ...commonCloseFrames,
  thread_not_found: { code: codes.notAParticipant, reason: 'Thread not found' },
  not_a_member: { code: codes.notAParticipant, reason: 'Not a participant in this thread' }
}
