import { measureInTurn } from '../lib/in-turn.ts'
import type { Section } from '../lib/section.ts'
import type { Bench } from '../lib/side.ts'

const steadyPace = 20

/** The same group twice: at a steady pace, then as fast as it goes. Everybody is on a socket. */
export async function runGroup(bench: Bench): Promise<Section[]> {
  const title = `Group of ${bench.plan.groupSize}`
  const common = { unit: 'delivery' as const, load: ({ loads }: Bench['sides'][number]) => loads.group() }
  return [
    ...(await measureInTurn(bench, {
      ...common,
      scenario: 'group',
      title: `${title}, ${steadyPace} messages/s`,
      args: [steadyPace]
    })),
    ...(await measureInTurn(bench, {
      ...common,
      scenario: 'group-saturated',
      title: `${title}, 10 send in closed loop`
    }))
  ]
}
