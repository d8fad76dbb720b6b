import type { RunningSystem } from '@belay/launcher'
import { allConsumed } from '../lib/consumed.ts'
import { measure } from '../lib/measure.ts'
import { printMeasurement } from '../lib/print.ts'

/** 50 at a time for 15 s after a warm-up of 3 s. */
export async function runSocketSends(system: RunningSystem): Promise<void> {
  const measured = await measure(system, new URL('../load/socket-sends.ts', import.meta.url), {
    args: [system.url, '50', '3', '15'],
    drained: () => allConsumed(system.postgresUrl)
  })
  printMeasurement('Sends over sockets: 50 pairs in closed loop, stored and delivered to the other person', measured)
}
