import type { RunningSystem } from '@belay/launcher'
import { Pool } from 'undici'
import { allConsumed } from '../lib/consumed.ts'
import { makeGroup } from '../lib/groups.ts'
import { measure } from '../lib/measure.ts'
import { deliveries, printMeasurement } from '../lib/print.ts'

const size = 500

/** The same group twice: at a steady pace, then as fast as it goes. Each 10 s after a warm-up of 2 s. */
export async function runGroup(system: RunningSystem): Promise<void> {
  const pool = new Pool(system.url, { connections: 10 })
  const group = await makeGroup(pool, size)
  await pool.close()
  const load = (pace: number) =>
    measure(system, new URL('../load/group-messages.ts', import.meta.url), {
      args: [system.url, String(pace), '2', '10'],
      input: group,
      drained: () => allConsumed(system.postgresUrl)
    })
  const title = `A group of ${size}, all on sockets`
  printMeasurement(`${title}: 20 messages/s, each delivered to everybody`, await load(20), deliveries)
  printMeasurement(`${title}: 10 members send in closed loop`, await load(0), deliveries)
}
