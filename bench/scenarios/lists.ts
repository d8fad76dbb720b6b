import { Pool } from 'undici'
import { register } from '../lib/api.ts'
import { listBudget } from '../lib/budgets.ts'
import { ListData } from '../lib/list-data.ts'
import { type Measurement, measure } from '../lib/measure.ts'
import type { Section } from '../lib/section.ts'
import { type Bench, isForm, type Plan, type Side } from '../lib/side.ts'
import { digits, median } from '../lib/table.ts'
import type { CallsInput } from '../load/calls.ts'

const threadsAtScaleOne = 1_000

/** Medians of the windows' latencies, by list and then by scale. */
type Latencies = Map<string, { p50Ms: number; p99Ms: number }[]>

/**
 * One reader's lists and histories while the data grows, one call at a time: a tenth of all threads are the reader's
 * conversations, a hundredth their groups, and two histories are as long as there are threads.
 */
export async function runLists({ sides, plan }: Bench): Promise<Section[]> {
  const sections: Section[] = []
  for (const side of sides)
    if (isForm(side.name)) sections.push(sectionOf(side.name, plan, await readAtScales(side, plan)))
  return sections
}

async function readAtScales(side: Side, plan: Plan): Promise<Latencies> {
  if (side.system === undefined) throw new Error(`${side.name} has no database`)
  const { url, postgresUrl } = side.system
  const pool = new Pool(url)
  const reader = await register(pool)
  await pool.close()
  const data = new ListData(postgresUrl, reader.id)
  const latencies: Latencies = new Map()
  await data.open()
  try {
    for (const scale of plan.scales) {
      const long = await data.growTo(scale * threadsAtScaleOne)
      const half = (scale * threadsAtScaleOne) / 2
      for (const [name, path] of [
        ['discovery', '/api/v1/discovery'],
        ['conversations', '/api/v1/conversations'],
        ['group inbox', '/threads'],
        ['history of a conversation', `/api/v1/conversations/${long.direct}/messages`],
        ['history of a group', `/threads/${long.group}/messages`],
        ['the middle of that history', `/threads/${long.group}/messages?offset=${half}`]
      ] as const) {
        const input = { generator: 'calls', input: { origin: url, path, token: reader.token } satisfies CallsInput }
        const windows: Measurement[] = []
        for (let round = 0; round < plan.rounds; round += 1) windows.push(await measure(side, input, [100, plan.calls]))
        const errors = windows.reduce((sum, window) => sum + window.errors, 0)
        if (errors > 0) throw new Error(`${errors} calls of ${path} failed`)
        const middle = (pick: (window: Measurement) => number) => median(windows.map(pick))
        latencies.set(name, [
          ...(latencies.get(name) ?? []),
          { p50Ms: middle(({ p50Ms }) => p50Ms), p99Ms: middle(({ p99Ms }) => p99Ms) }
        ])
      }
    }
  } finally {
    await data.close()
  }
  return latencies
}

function sectionOf(form: string, { scales }: Plan, latencies: Latencies): Section {
  const largest = scales.at(-1)
  const rows = [...latencies].map(([name, byScale]) => [
    name,
    ...byScale.map(({ p50Ms, p99Ms }) => `${digits(p50Ms)} / ${digits(p99Ms)}`)
  ])
  const findings = [...latencies].map(([name, byScale]) => ({
    side: form,
    what: `${name}: p99 at ${largest}× ÷ at 1×`,
    value: (byScale.at(-1)?.p99Ms ?? Number.NaN) / (byScale[0]?.p99Ms ?? Number.NaN),
    unit: '×' as const,
    // Discovery also has to pass the people who were liked, of whom there are more.
    budget: name === 'discovery' ? undefined : listBudget
  }))
  return {
    title: `Lists and histories, ${form}`,
    table: { head: ['p50 / p99 ms', ...scales.map((scale) => `${scale * threadsAtScaleOne} threads`)], rows },
    findings
  }
}
