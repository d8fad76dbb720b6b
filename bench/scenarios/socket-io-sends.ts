import { measureInTurn } from '../lib/in-turn.ts'
import type { Section } from '../lib/section.ts'
import type { Bench } from '../lib/side.ts'

/** The next message of a pair goes out when the last one is acknowledged and delivered. */
export function runSocketIoSends(bench: Bench): Promise<Section[]> {
  return measureInTurn(bench, {
    scenario: 'socket-io-sends',
    title: `Socket.IO sends, ${bench.plan.pairs} pairs`,
    unit: 'message',
    load: ({ loads }) => loads.socketIoSends()
  })
}
