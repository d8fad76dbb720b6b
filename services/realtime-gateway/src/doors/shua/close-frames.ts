import { sessionCloseCodes as codes } from '@belay/contracts'
import { commonCloseFrames } from '#src/transports/websocket/close-frames.ts'
import type { CloseReason } from '#src/core/codec.ts'

/** How the server closes `/ws/{user_id}`; what concerns a single thread is told by a frame. */
export const closeFrames: Readonly<Record<CloseReason, { code: number; reason: string }>> = {
  ...commonCloseFrames,
  thread_not_found: { code: codes.notAParticipant, reason: 'Thread not found' },
  not_a_member: { code: codes.notAParticipant, reason: 'Not a participant in this thread' }
}
