import { type RunningServer, type ServiceName, serviceNames } from '@belay/launcher'
import type { TestSystem } from '@belay/testing'
import { replicasOf } from './replicas.ts'

/** A process that faults befall. */
export interface Victim {
  name: string
  /** All processes that stand still together when it is frozen. */
  pids(): Promise<number[]>
}

/** Everything that runs: each replica of each service, and the two servers. */
export function victimsOf(system: TestSystem): (Victim & { server: RunningServer })[] {
  const services = serviceNames.flatMap((service) =>
    replicasOf(service).map((index) => {
      const server = system.process(service, index)
      return { name: nameOf(service, index), server, pids: async () => pidOf(server) }
    })
  )
  const nats = { name: 'nats', server: system.nats, pids: async () => pidOf(system.nats) }
  const postgres = { name: 'postgres', server: system.postgres, pids: () => postgresPids(system) }
  return [...services, nats, postgres]
}

/** All replicas of one service together: none is left to respond. */
export function wholeServicesOf(system: TestSystem): Victim[] {
  return serviceNames.flatMap((service) => {
    const indexes = replicasOf(service)
    if (indexes.length === 1) return []
    return {
      name: `all ${service}`,
      pids: async () => indexes.flatMap((index) => pidOf(system.process(service, index)))
    }
  })
}

function nameOf(service: ServiceName, index: number): string {
  return replicasOf(service).length > 1 ? `${service}-${index}` : service
}

function pidOf({ pid }: RunningServer): number[] {
  return pid === undefined ? [] : [pid]
}

/** The postmaster first, so that it starts no more of them. */
async function postgresPids(system: TestSystem): Promise<number[]> {
  const backends = await system.sql<{ pid: number }>('select pid from pg_stat_activity')
  return [...pidOf(system.postgres), ...backends.map(({ pid }) => pid)]
}
