import type { Recovery } from './recovery.ts'

/** What a run did, counted. */
export interface Tally {
  rounds: number
  acknowledged: number
  delivered: number
  commands: number
  /** Reads and forbidden writes that came right after a command. */
  checks: number
  /** Commands that were repeated under their Idempotency-Key. */
  repeats: number
  /** Answers NOT_YET_EFFECTIVE. */
  notYet: number
  events: number
  notices: number
  /** One for each fault, in the order they happened. */
  faults: ({ name: string } & Recovery)[]
}

/** Nothing done yet. */
export function newTally(): Tally {
  return {
    rounds: 0,
    acknowledged: 0,
    delivered: 0,
    commands: 0,
    checks: 0,
    repeats: 0,
    notYet: 0,
    events: 0,
    notices: 0,
    faults: []
  }
}
