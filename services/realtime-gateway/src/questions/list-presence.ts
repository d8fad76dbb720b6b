import { listPresence } from '@belay/contracts'
import { answerer } from '@belay/kit'
import type { Realtime } from '#src/core/realtime.ts'

/** Who has a live socket here; asked by whoever missed a change. */
export const listPresenceHere = ({ presence }: Realtime) =>
  answerer(listPresence(presence.gatewayId), async () => presence.list())
