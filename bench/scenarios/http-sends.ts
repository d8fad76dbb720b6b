import type { RunningSystem } from '@belay/launcher'
import { allConsumed } from '../lib/consumed.ts'
import { measure } from '../lib/measure.ts'
import { printMeasurement } from '../lib/print.ts'

/** 50 at a time for 15 s after a warm-up of 3 s. */
export async function runHttpSends(system: RunningSystem): Promise<void> {
  const measured = await measure(system, new URL('../load/http-sends.ts', import.meta.url), {
    args: [system.url, '50', '3', '15'],
    drained: () => allConsumed(system.postgresUrl)
  })
  printMeasurement('Sends over HTTP through the gateway: 50 kept-alive connections in closed loop', measured)
}
