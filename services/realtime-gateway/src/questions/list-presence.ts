import { listPresence } from '@belay/contracts'
import { answerer } from '@belay/kit'
import type { Realtime } from '#src/core/realtime.ts'

/** Lists who has a live connection here, for a service that missed a change. */
export const listPresenceHere = ({ gatewayId, presence, threads }: Realtime) =>
  answerer(listPresence(gatewayId), async () => presence.list(threads.listJoined()))
