import { sessionCloseCodes as codes } from '@belay/contracts'
import { commonFarewells } from '#src/access/farewells.ts'
import type { Ending } from '#src/core/codec.ts'

/** How the server closes `/ws/{user_id}`; what concerns a single thread is told by a frame. */
export const threadFarewells: Readonly<Record<Ending, { code: number; reason: string }>> = {
  ...commonFarewells,
  thread_not_found: { code: codes.notAParticipant, reason: 'Thread not found' },
  not_a_member: { code: codes.notAParticipant, reason: 'Not a participant in this thread' }
}
