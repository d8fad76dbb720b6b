import type { RunningSystem } from '@belay/launcher'

/** What one load is run against: servers, and the way that clients take to them. */
export interface Side {
  name: string
  /** Names of the sides that it is compared with, if they run as well. */
  comparedWith: readonly string[]
  servers(): Server[]
  /** Whether all events were consumed, where there are any. */
  drained?: () => Promise<boolean>
  loads: Record<LoadName, () => Promise<Load>>
  /** The product's only. */
  system?: RunningSystem
}

/** A process that counts, with all that it has started. */
export interface Server {
  name: string
  pid: number | undefined
  /** Postgres and nats-server are not. */
  isNode: boolean
}

export type LoadName = 'idleSockets' | 'idleSocketIo' | 'socketSends' | 'socketIoSends' | 'httpSends' | 'group'

/** A generator (a file of `load`) and what it gets as a message. */
export interface Load {
  generator: string
  input: object
}

/** How much to do. */
export interface Plan {
  /** Windows of each side; medians of them are shown. */
  rounds: number
  warmUpSeconds: number
  seconds: number
  pairs: number
  groupSize: number
  /** Idle sockets that each person opens, twice. */
  idlePerPerson: number
  /** How many times 1,000 threads the lists are measured with. */
  scales: readonly number[]
  /** Calls of one list in a window. */
  calls: number
}

/** What scenarios get. */
export interface Bench {
  sides: readonly Side[]
  plan: Plan
}

/** The forms of the product that have budgets. */
export const forms = ['one process', 'separate'] as const
export type Form = (typeof forms)[number]
export const peerName = 'peer'
/** With sockets that the gateway relays. */
export const relayedName = 'separate, relayed'

export function isForm(name: string): name is Form {
  return forms.some((form) => form === name)
}
