import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { type Section, showFindings } from './section.ts'
import { showTable } from './table.ts'

/** How a run began. */
export interface RunFacts {
  command: string
  date: Date
  postgres: string
  rounds: number
  seconds: number
  /** Processes that wanted to run, in the mean of the minute before. */
  load: number
}

/** Describes a run that begins now. */
export function factsOf(facts: Omit<RunFacts, 'date' | 'load'>): RunFacts {
  return { ...facts, date: new Date(), load: loadavg()[0] ?? Number.NaN }
}

/** Returns the document about a run. */
export function showResults(facts: RunFacts, sections: readonly Section[]): string {
  const { command, date, postgres, rounds, seconds, load } = facts
  return `# Results of the benchmark

Written by \`${command}\` on ${date.toISOString().slice(0, 10)}; do not edit. [What is measured, and how](README.md).

${showTable({
  head: ['commit', 'Node', 'PostgreSQL', 'cores', 'load before'],
  rows: [[commit(), process.versions.node, postgres, String(cpus().length), load.toFixed(1)]]
})}

Read the ratios, not the figures: the load generator and all sides share these cores, and so did anything else that ran.
Windows of ${seconds} s were taken of all sides in turn, ${rounds} of each; the value is the median, the range is that of the
rounds. A difference smaller than the range means nothing, and a load before the run near the number of cores makes every
figure worse than a quiet machine would. ${stalled()}

## Ratios and budgets

${showFindings(sections)}

${sections.map(({ title, table }) => `## ${title}\n\n${showTable(table)}\n`).join('\n')}`
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', cwd: import.meta.dirname }).trim()
  } catch {
    return 'unknown'
  }
}

/** How much of the last five minutes something waited for a processor; Linux only. */
function stalled(): string {
  try {
    const [, share] = /avg300=([\d.]+)/.exec(readFileSync('/proc/pressure/cpu', 'utf8')) ?? []
    return share === undefined
      ? ''
      : `At its end, something had waited for a processor during ${share} % of five minutes.`
  } catch {
    return ''
  }
}
