import { readdirSync, readFileSync } from 'node:fs'

/** Clock ticks of `/proc/<pid>/stat` in a second, on every Linux that Node runs on. */
const ticksPerSecond = 100

/** CPU seconds used so far, by the name of the process. Linux only; empty elsewhere. */
export type CpuSeconds = Map<string, number>

/** Processes by name; what else runs beneath this one is a server, or does not count. */
export interface NamedProcesses {
  processes: readonly { pid: number | undefined; service: string }[]
}

interface ProcessStat {
  pid: number
  parent: number
  name: string
  seconds: number
}

/** What the system's processes have used so far: services by name, servers as `postgres` and `nats-server`. */
export function readCpu(system: NamedProcesses): CpuSeconds {
  const services = new Map(system.processes.map((process) => [process.pid, process.service]))
  const used: CpuSeconds = new Map()
  for (const stat of descendants(process.pid)) {
    const name = services.get(stat.pid) ?? (stat.name === 'node' || stat.name === 'MainThread' ? undefined : stat.name)
    if (name !== undefined) used.set(name, (used.get(name) ?? 0) + stat.seconds)
  }
  return used
}

function descendants(root: number): ProcessStat[] {
  const all = listProcesses()
  const found = new Set([root])
  const result: ProcessStat[] = []
  for (let grown = true; grown;) {
    grown = false
    for (const stat of all) {
      if (found.has(stat.pid) || !found.has(stat.parent)) continue
      found.add(stat.pid)
      result.push(stat)
      grown = true
    }
  }
  return result
}

function listProcesses(): ProcessStat[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => {
      const stat = readStat(pid)
      return stat ? [stat] : []
    })
}

function readStat(pid: string): ProcessStat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const end = text.lastIndexOf(')')
    const fields = text.slice(end + 2).split(' ')
    // With what its children used that have ended: a Postgres backend goes when its connection does.
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
    return {
      pid: Number(pid),
      parent: Number(fields[1]),
      name: text.slice(text.indexOf('(') + 1, end),
      seconds: ticks / ticksPerSecond
    }
  } catch {
    // It ended between the listing and the reading.
    return undefined
  }
}
