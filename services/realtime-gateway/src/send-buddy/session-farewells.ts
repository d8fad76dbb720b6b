import { sessionCloseCodes as codes } from '@belay/contracts'
import { commonFarewells } from '#src/access/farewells.ts'
import type { Ending } from '#src/core/codec.ts'

/** How the server closes a session socket: 4001–4004 as in the Send Buddy API, the others as in RFC 6455. */
export const sessionFarewells: Readonly<Record<Ending, { code: number; reason: string }>> = {
  ...commonFarewells,
  thread_not_found: { code: codes.notAParticipant, reason: 'Not a participant in this session' },
  not_a_member: { code: codes.notAParticipant, reason: 'Not a participant in this session' }
}
