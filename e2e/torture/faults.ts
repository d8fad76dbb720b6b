import type { TestSystem } from '@belay/testing'
import { setTimeout as wait } from 'node:timers/promises'
import { damageStream } from './damage-stream.ts'
import { type Victim, victimsOf } from './processes.ts'
import type { Random } from './random.ts'

/** Something that goes wrong in mid-traffic. */
export interface Fault {
  /** Such as `kill chat-0`. */
  name: string
  /** Does it and puts right what an operator or a supervisor would; resolves with when the system could serve again. */
  befall(random: Random): Promise<{ overAt: number; details?: string }>
}

/** The faults that a round can have, each of them once; a restored database is a round of its own. */
export function faultsOf(system: TestSystem): Fault[] {
  const victims = victimsOf(system)
  return [
    ...victims.map((victim) => ({ name: `kill ${victim.name}`, befall: () => kill(victim) })),
    ...victims.map((victim) => ({ name: `freeze ${victim.name}`, befall: (random: Random) => freeze(victim, random) })),
    { name: 'damage nats', befall: (random) => damage(system, random) }
  ]
}

/** A supervisor starts it again at once. */
async function kill({ server }: Victim): Promise<{ overAt: number }> {
  await server.kill('SIGKILL')
  const overAt = performance.now()
  await server.restart()
  return { overAt }
}

async function freeze(victim: Victim, random: Random): Promise<{ overAt: number; details: string }> {
  const milliseconds = random.int(1_000, 8_000)
  const pids = await victim.pids()
  signal(pids, 'SIGSTOP')
  try {
    await wait(milliseconds)
  } finally {
    signal(pids, 'SIGCONT')
  }
  return { overAt: performance.now(), details: `${milliseconds} ms` }
}

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name)
    } catch {
      // A backend that has ended meanwhile.
    }
  }
}

async function damage({ nats }: TestSystem, random: Random): Promise<{ overAt: number; details: string }> {
  await nats.kill('SIGKILL')
  const details = damageStream(nats.dataDir, random)
  const overAt = performance.now()
  await nats.restart()
  return { overAt, details }
}
