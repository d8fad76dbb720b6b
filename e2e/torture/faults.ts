import type { RunningServer } from '@belay/launcher'
import type { TestSystem } from '@belay/testing'
import { setTimeout as wait } from 'node:timers/promises'
import type { Restoring } from './backup.ts'
import { damageStream } from './damage-stream.ts'
import { type Victim, victimsOf, wholeServicesOf } from './processes.ts'
import type { Random } from './random.ts'
import { type Probers, type Recovery, untilServing } from './recovery.ts'
import { restoreDatabase } from './restored-database.ts'
import type { Round } from './round.ts'

/** Something that goes wrong in mid-traffic. */
export interface Fault {
  /** Such as `kill chat-0`. */
  name: string
  /** What was acknowledged before it does not count after it: no other traffic then. */
  losesData?: true
  /** Does it, puts right what an operator or a supervisor would, and waits until all is served again. */
  befall(round: Round, probers: Probers, random: Random): Promise<Recovery>
}

/** All faults that a round can have. */
export function faultsOf(system: TestSystem): Fault[] {
  const victims = victimsOf(system)
  return [
    ...victims.map((victim) => recoverable(`kill ${victim.name}`, () => kill(victim))),
    ...[...victims, ...wholeServicesOf(system)].map((victim) =>
      recoverable(`freeze ${victim.name}`, (random) => freeze(victim, random))
    ),
    recoverable('damage nats', (random) => damage(system, random)),
    lossy('restore postgres (recovered)', 'recovered'),
    lossy('restore postgres (put back)', 'put back')
  ]
}

function lossy(name: string, how: Restoring): Fault {
  return { name, losesData: true, befall: (round, probers) => restoreDatabase(round, probers, how) }
}

/** One after which everything is as before; `happen` resolves with when the parts were back. */
function recoverable(name: string, happen: (random: Random) => Promise<number>): Fault {
  return { name, befall: async (round, probers, random) => untilServing(round, probers, await happen(random)) }
}

/** A supervisor starts it again at once. */
async function kill({ server }: { server: RunningServer }): Promise<number> {
  await server.kill('SIGKILL')
  const startedAt = performance.now()
  await server.restart()
  return startedAt
}

async function freeze(victim: Victim, random: Random): Promise<number> {
  const milliseconds = random.int(1_000, 8_000)
  const pids = await victim.pids()
  signal(pids, 'SIGSTOP')
  try {
    await wait(milliseconds)
  } finally {
    signal(pids, 'SIGCONT')
  }
  return performance.now()
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

async function damage({ nats }: TestSystem, random: Random): Promise<number> {
  await nats.kill('SIGKILL')
  damageStream(nats.dataDir, random)
  const startedAt = performance.now()
  await nats.restart()
  return startedAt
}
