import type { Realtime } from '#src/core/realtime.ts'
import { listOnlineHere } from './list-online.ts'
import { listPresenceHere } from './list-presence.ts'

export const questions = (realtime: Realtime) => [listPresenceHere(realtime), listOnlineHere(realtime)]
