import { ratioBudgets, type RatioScenario } from './budgets.ts'
import { type Measurement, measure } from './measure.ts'
import type { Finding, Section } from './section.ts'
import { type Bench, isForm, type Load, peerName, type Side } from './side.ts'
import { digits, median } from './table.ts'

/** A load that all sides get. */
export interface Turns {
  scenario: RatioScenario
  title: string
  /** What is counted. */
  unit: 'message' | 'delivery'
  load: (side: Side) => Promise<Load>
  /** More arguments of the generator, after the seconds of its warm-up and of its window. */
  args?: readonly number[]
}

type Windows = Map<Side, Measurement[]>

/** Measures windows of all sides in turn (A B, B A, …), after one of each that does not count. */
export async function measureInTurn(bench: Bench, turns: Turns): Promise<Section[]> {
  const { rounds, warmUpSeconds, seconds } = bench.plan
  const window = async (side: Side, length: number) =>
    measure(side, await turns.load(side), [warmUpSeconds, length, ...(turns.args ?? [])])
  for (const side of bench.sides) await window(side, warmUpSeconds)
  const windows: Windows = new Map(bench.sides.map((side) => [side, []]))
  for (let round = 0; round < rounds; round += 1) {
    for (const side of round % 2 === 0 ? bench.sides : bench.sides.toReversed())
      windows.get(side)?.push(await window(side, seconds))
  }
  return [{ title: turns.title, table: tableOf(windows, turns.unit), findings: compareAll(windows, turns) }]
}

function tableOf(windows: Windows, unit: Turns['unit']): Section['table'] {
  const many = unit === 'message' ? 'messages' : 'deliveries'
  const rows = [...windows].map(([{ name }, measured]) => {
    const middle = (pick: (one: Measurement) => number) => digits(median(measured.map(pick)))
    return [
      name,
      middle(({ perSecond }) => perSecond),
      middle(({ p50Ms }) => p50Ms),
      middle(({ p99Ms }) => p99Ms),
      middle(({ cpuMicros }) => cpuMicros),
      sharesOf(measured),
      middle(({ generatorMicros }) => generatorMicros),
      String(sum(measured, ({ errors }) => errors))
    ]
  })
  return {
    head: ['', `${many}/s`, 'p50 ms', 'p99 ms', `CPU µs/${unit}`, 'of it', 'generator µs', 'errors'],
    rows
  }
}

function sharesOf(measured: readonly Measurement[]): string {
  const names = new Set(measured.flatMap(({ cpuByServer }) => cpuByServer.map(([name]) => name)))
  return [...names]
    .map((name) => {
      const of = ({ cpuByServer }: Measurement) => cpuByServer.find(([server]) => server === name)?.[1] ?? 0
      return `${name} ${digits(median(measured.map(of)))}`
    })
    .join(', ')
}

function compareAll(windows: Windows, { scenario, unit }: Turns): Finding[] {
  return [...windows].flatMap(([side, measured]) => {
    const references = [...windows].filter(([{ name }]) => side.comparedWith.includes(name))
    const errors = sum(measured, (one) => one.errors)
    const failed: Finding = { side: side.name, what: 'errors', value: errors, unit: '', budget: { atMost: 0 } }
    const ratios = references.flatMap(([reference, others]) => {
      const budgets = reference.name === peerName && isForm(side.name) ? ratioBudgets[scenario][side.name] : {}
      const against = (what: string, pick: (one: Measurement) => number, budget: Finding['budget']): Finding => ({
        side: side.name,
        what: `${what} ÷ ${reference.name}`,
        unit: '×',
        budget,
        ...ratioOf(measured.map(pick), others.map(pick))
      })
      return [
        against(unit === 'message' ? 'messages/s' : 'deliveries/s', ({ perSecond }) => perSecond, budgets.rate),
        against(`CPU per ${unit}`, ({ cpuMicros }) => cpuMicros, budgets.cpu),
        against('p99', ({ p99Ms }) => p99Ms, budgets.p99)
      ]
    })
    return errors > 0 ? [...ratios, failed] : ratios
  })
}

/** Of the windows of the same round. */
function ratioOf(values: readonly number[], references: readonly number[]): Pick<Finding, 'value' | 'range'> {
  const ratios = values.map((value, round) => value / (references[round] ?? Number.NaN))
  const value = median(ratios)
  return ratios.length === 1 ? { value } : { value, range: [Math.min(...ratios), Math.max(...ratios)] }
}

function sum(measured: readonly Measurement[], pick: (one: Measurement) => number): number {
  return measured.reduce((total, one) => total + pick(one), 0)
}
