import { measureInTurn } from '../lib/in-turn.ts'
import type { Section } from '../lib/section.ts'
import type { Bench } from '../lib/side.ts'

/** The next message of a pair goes out when the last one is stored and delivered. The peer has Socket.IO. */
export function runSocketSends(bench: Bench): Promise<Section[]> {
  return measureInTurn(bench, {
    scenario: 'socket-sends',
    title: `Socket sends, ${bench.plan.pairs} pairs`,
    unit: 'message',
    load: ({ loads }) => loads.socketSends()
  })
}
