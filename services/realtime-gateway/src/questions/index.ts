import type { Realtime } from '#src/core/realtime.ts'
import { listPresenceHere } from './list-presence.ts'

export const questions = (realtime: Realtime) => [listPresenceHere(realtime)]
