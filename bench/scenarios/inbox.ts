import type { RunningSystem } from '@belay/launcher'
import { Pool } from 'undici'
import { type Person, register, repeat } from '../lib/api.ts'
import { hostEvent, joinEvent } from '../lib/groups.ts'
import { allConsumed } from '../lib/consumed.ts'
import { measure } from '../lib/measure.ts'
import { calls, printMeasurement } from '../lib/print.ts'

const few = 10
const many = 500

/** `GET /threads` of two people, 500 calls each after 100 that do not count: the cost must not follow the inbox. */
export async function runInbox(system: RunningSystem): Promise<void> {
  const pool = new Pool(system.url, { connections: 10 })
  const [host, quiet, busy] = await Promise.all([register(pool), register(pool), register(pool)])
  await repeat(many, async (index) => {
    const event = await hostEvent(pool, host)
    await joinEvent(pool, busy, event)
    if (index < few) await joinEvent(pool, quiet, event)
  })
  await pool.close()
  await measureCalls(system, quiet, few)
  await measureCalls(system, busy, many)
}

async function measureCalls(system: RunningSystem, reader: Person, threads: number): Promise<void> {
  const measured = await measure(system, new URL('../load/calls.ts', import.meta.url), {
    args: [system.url, '/threads', reader.token, '100', '500'],
    drained: () => allConsumed(system.postgresUrl)
  })
  printMeasurement(`The inbox of a person in ${threads} threads: the default page, one call at a time`, measured, calls)
}
