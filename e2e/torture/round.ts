import type { TestSystem, TestUser } from '@belay/testing'
import type { Random } from './random.ts'
import type { Tally } from './tally.ts'

/** One fault and the traffic around it: people, plans and expectations begin with it and are settled at its end. */
export interface Round {
  system: TestSystem
  admin: TestUser
  random: Random
  tally: Tally
  /** Aborted when a promise broke: everything gives up. */
  aborted: AbortSignal
  /** Whether stories should begin another chapter. */
  goesOn(): boolean
  expectations: Expectations
  /** Events in the stream whose record a restored database lost, in this round or before. */
  forgotten: Set<string>
}

/** What commands have caused, as the stream and the inboxes must show it in the end. */
export interface Expectations {
  /** `<type without prefix> <subject>` of every event of a plan, as often as it must be in the stream. */
  events: string[]
  /** By person: `<type> <plan id>` of every notification but those of messages. */
  notices: Map<string, { person: TestUser; entries: string[] }>
  /** Plans whose events are known to the last one. */
  plans: Set<string>
}

/** Nothing is expected yet. */
export function noExpectations(): Expectations {
  return { events: [], notices: new Map(), plans: new Set() }
}

/** An event such as `sessions.session.accepted` about a plan must be in the stream. */
export function expectEvent({ expectations }: Round, type: string, planId: string): void {
  expectations.plans.add(planId)
  expectations.events.push(`${type} ${planId}`)
}

/** A person must be notified once. */
export function expectNotice({ expectations }: Round, person: TestUser, type: string, planId: string): void {
  const known = expectations.notices.get(person.id) ?? { person, entries: [] }
  known.entries.push(`${type} ${planId}`)
  expectations.notices.set(person.id, known)
}

/** A person whose inbox must hold what is expected and nothing else. */
export function watchInbox({ expectations }: Round, person: TestUser): void {
  if (!expectations.notices.has(person.id)) expectations.notices.set(person.id, { person, entries: [] })
}
