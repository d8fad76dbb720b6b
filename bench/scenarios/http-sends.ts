import { measureInTurn } from '../lib/in-turn.ts'
import type { Section } from '../lib/section.ts'
import { type Bench, relayedName } from '../lib/side.ts'

/** Through the gateway, each kept-alive connection in a closed loop. No socket is on the way. */
export function runHttpSends({ plan, sides }: Bench): Promise<Section[]> {
  const withoutRelay = sides.filter(({ name }) => name !== relayedName)
  return measureInTurn(
    { plan, sides: withoutRelay },
    {
      scenario: 'http-sends',
      title: `HTTP sends, ${plan.pairs} connections`,
      unit: 'message',
      load: ({ loads }) => loads.httpSends()
    }
  )
}
