import type { Budget } from './section.ts'
import type { Form } from './side.ts'

interface RatioBudgets {
  rate?: Budget
  cpu?: Budget
  p99?: Budget
}

export type RatioScenario = 'socket-sends' | 'socket-io-sends' | 'http-sends' | 'group' | 'group-saturated'

/** What the product may cost, compared with the peer. */
export const ratioBudgets: Record<RatioScenario, Record<Form, RatioBudgets>> = {
  'socket-sends': {
    'one process': { rate: { atLeast: 2.7 }, cpu: { atMost: 0.35 }, p99: { atMost: 1 } },
    separate: { rate: { atLeast: 1.7 }, cpu: { atMost: 0.6 } }
  },
  'socket-io-sends': { 'one process': {}, separate: {} },
  'http-sends': {
    'one process': { rate: { atLeast: 2.5 }, cpu: { atMost: 0.45 } },
    separate: { rate: { atLeast: 1.5 }, cpu: { atMost: 0.75 } }
  },
  group: { 'one process': { cpu: { atMost: 0.8 } }, separate: { cpu: { atMost: 1.2 } } },
  'group-saturated': {
    'one process': { rate: { atLeast: 1.5 }, cpu: { atMost: 0.6 } },
    separate: { rate: { atLeast: 1.2 }, cpu: { atMost: 0.8 } }
  }
}

/** KiB of live memory that one idle authenticated raw socket may hold in all processes. */
export const idleSocketBudgets: Record<Form, Budget> = { 'one process': { atMost: 8 }, separate: { atMost: 12 } }

/** How the p99 of a list may grow with a hundred times the data. */
export const listBudget: Budget = { atMost: 1.3 }

/** Seconds until it is ready, and MiB of all Node processes then. */
export const startBudgets: Record<Form, { seconds: Budget; memory: Budget }> = {
  'one process': { seconds: { atMost: 4 }, memory: { atMost: 250 } },
  separate: { seconds: { atMost: 8 }, memory: { atMost: 800 } }
}
