import { listOnline } from '@belay/contracts'
import { answerer } from '@belay/kit'
import type { Realtime } from '#src/core/realtime.ts'

/** Lists who is online here, for a process that missed a change. */
export const listOnlineHere = ({ gatewayId, online }: Realtime) =>
  answerer(listOnline(gatewayId), async () => online.list())
