import { digits, showTable, type Table } from './table.ts'

/** What one scenario found out. */
export interface Section {
  title: string
  table: Table
  findings: Finding[]
}

/** A ratio or a figure that can have a budget. */
export interface Finding {
  side: string
  what: string
  value: number
  unit: '×' | ' KiB' | ' MiB' | ' s' | ''
  /** From the lowest to the highest of all rounds. */
  range?: readonly [lowest: number, highest: number]
  budget?: Budget | undefined
}

/** What a value may be at most, or must be at least. */
export type Budget = { atMost: number } | { atLeast: number }

function isMet(value: number, budget: Budget): boolean {
  return 'atMost' in budget ? value <= budget.atMost : value >= budget.atLeast
}

/** Returns the findings of sections as one table. */
export function showFindings(sections: readonly Section[]): string {
  return showTable({
    head: ['scenario', 'form', 'measured', 'value', 'budget', ''],
    rows: sections.flatMap(({ title, findings }) =>
      findings.map(({ side, what, value, unit, range, budget }) => [
        title,
        side,
        what,
        `${digits(value)}${unit}${range === undefined ? '' : ` (${range.map(digits).join('–')})`}`,
        budget === undefined ? '' : 'atMost' in budget ? `≤ ${budget.atMost}${unit}` : `≥ ${budget.atLeast}${unit}`,
        budget === undefined ? '' : isMet(value, budget) ? 'met' : 'missed'
      ])
    )
  })
}
