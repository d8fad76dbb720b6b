/** Processes as `/proc` shows them: Linux only; empty elsewhere. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { Server } from './side.ts'

/** Clock ticks of `/proc/<pid>/stat` in a second, on every Linux that Node runs on. */
const ticksPerSecond = 100

/** CPU seconds used so far, by the name of the server. */
export type CpuSeconds = Map<string, number>

interface ProcessStat {
  pid: number
  parent: number
  name: string
  seconds: number
}

/** Returns what the servers and all that they have started have used so far. */
export function readCpu(servers: readonly Server[]): CpuSeconds {
  const all = listProcesses()
  return new Map(
    servers.map(({ name, pid }) => [name, treeOf(all, pid).reduce((sum, { seconds }) => sum + seconds, 0)])
  )
}

/** Returns the bytes that the Node processes of a tree have for themselves, with their shares of what they have in common. */
export function readNodeMemory(root: number | undefined): { processes: number; bytes: number } {
  const nodes = treeOf(listProcesses(), root).filter(({ name }) => name === 'node' || name === 'MainThread')
  return { processes: nodes.length, bytes: nodes.reduce((sum, { pid }) => sum + proportionalSetSize(pid), 0) }
}

function proportionalSetSize(pid: number): number {
  const [, kilobytes] = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? []
  return Number(kilobytes) * 1024
}

/** The process and its descendants. */
function treeOf(all: readonly ProcessStat[], root: number | undefined): ProcessStat[] {
  const children = Map.groupBy(all, ({ parent }) => parent)
  const tree = all.filter(({ pid }) => pid === root)
  for (const { pid } of tree) tree.push(...(children.get(pid) ?? []))
  return tree
}

function listProcesses(): ProcessStat[] {
  if (!existsSync('/proc/self/stat')) return []
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
