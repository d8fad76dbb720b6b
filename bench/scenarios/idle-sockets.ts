import { idleSocketBudgets } from '../lib/budgets.ts'
import { readLiveMemory } from '../lib/live-memory.ts'
import { nextWord, startGenerator } from '../lib/measure.ts'
import type { Finding, Section } from '../lib/section.ts'
import { type Bench, isForm, type LoadName, type Server, type Side } from '../lib/side.ts'
import { digits } from '../lib/table.ts'

/** Live memory (heap and buffers) of authenticated sockets that say nothing, beside as many others, in all processes. */
export async function runIdleSockets(bench: Bench): Promise<Section[]> {
  return measureIdle(bench, 'Idle authenticated sockets', 'idleSockets')
}

/** The same of Socket.IO: each socket follows its person's conversations, and counts as being online. */
export async function runIdleSocketIo(bench: Bench): Promise<Section[]> {
  return measureIdle(bench, 'Idle Socket.IO connections', 'idleSocketIo')
}

async function measureIdle({ sides, plan }: Bench, title: string, load: LoadName): Promise<Section[]> {
  const rows: string[][] = []
  const findings: Finding[] = []
  for (const side of sides) {
    const held = await heldPerSocket(side, load, plan.idlePerPerson)
    const all = [...held.values()].reduce((sum, kibibytes) => sum + kibibytes, 0)
    rows.push([side.name, digits(all), [...held].map(([name, kibibytes]) => `${name} ${digits(kibibytes)}`).join(', ')])
    const budget = load === 'idleSockets' && isForm(side.name) ? idleSocketBudgets[side.name] : undefined
    findings.push({ side: side.name, what: 'live memory of a socket', value: all, unit: ' KiB', budget })
  }
  return [{ title, table: { head: ['', 'KiB per socket', 'of it'], rows }, findings }]
}

/** KiB by server. */
async function heldPerSocket(side: Side, load: LoadName, perPerson: number): Promise<Map<string, number>> {
  const nodes = side.servers().filter(({ isNode }) => isNode)
  const generator = startGenerator(await side.loads[load](), [perPerson])
  try {
    await nextWord(generator)
    const before = await readAll(nodes)
    generator.send('more')
    const report = await nextWord<{ open: number }>(generator)
    const after = await readAll(nodes)
    return new Map(
      nodes.map(({ name }, index) => [name, ((after[index] ?? 0) - (before[index] ?? 0)) / report.open / 1024])
    )
  } finally {
    generator.kill()
  }
}

async function readAll(nodes: readonly Server[]): Promise<number[]> {
  const read: number[] = []
  for (const { pid } of nodes) read.push(await readLiveMemory(pid))
  return read
}
