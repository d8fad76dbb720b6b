import { createLogBook, invitation, logIn, startOwnSystem, type TestSystem } from '@belay/testing'
import { setTimeout as wait } from 'node:timers/promises'
import { playAccounts } from './account-story.ts'
import { type Fault, faultsOf } from './faults.ts'
import { playGroup } from './group-story.ts'
import { expectEventsOnce } from './outboxes.ts'
import { newPeople } from './people.ts'
import { PromiseBroken } from './promise-broken.ts'
import { createRandom, type Random } from './random.ts'
import { replicas } from './replicas.ts'
import { noExpectations, type Round } from './round.ts'
import { playSessions } from './session-story.ts'
import { expectNotified, expectPlansTold } from './settle-round.ts'
import { newTally, type Tally } from './tally.ts'

/** What to do to the system, and for how long. */
export interface TortureOptions {
  /** All that is drawn follows from it; what the machine does beside that does not. */
  seed: string
  /** The faults in this order, once; otherwise they are drawn. */
  faults?: readonly string[]
  /** Draws only faults whose name contains this. */
  only?: string | undefined
  /** No round begins later than this. */
  forMs?: number
  say(line: string): void
}

/** The first promise that broke, and what the processes wrote before. */
export class TortureFailed extends Error {
  override name = 'TortureFailed'
  readonly logs: string

  constructor(message: string, logs: string) {
    super(message)
    this.logs = logs
  }
}

/**
 * Runs a system of its own, round after round: traffic, one fault in the midst of it, recovery, and a look at everything
 * that was promised. Rejects with {@link TortureFailed} at the first broken promise.
 */
export async function torture(options: TortureOptions): Promise<Tally> {
  const logs = createLogBook(4_000)
  const system = await startOwnSystem({ replicas, env: { RATE_LIMITS: 'off' } }, logs)
  const tally = newTally()
  try {
    await runRounds(system, tally, options)
    return tally
  } catch (error) {
    throw new TortureFailed(
      `seed ${options.seed}, round ${tally.rounds}: ${error instanceof PromiseBroken ? String(error) : traceOf(error)}`,
      logs.text()
    )
  } finally {
    await system.stop()
  }
}

/** A fault of the harness itself is found by where it was thrown. */
function traceOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

async function runRounds(system: TestSystem, tally: Tally, options: TortureOptions): Promise<void> {
  const random = createRandom(options.seed)
  const forgotten = new Set<string>()
  const endsAt = performance.now() + (options.forMs ?? Number.POSITIVE_INFINITY)
  for (const fault of drawn(system, random.fork('faults'), options)) {
    if (performance.now() >= endsAt) return
    tally.rounds += 1
    await runRound(system, tally, random.fork(`round ${tally.rounds}`), fault, forgotten, options.say)
  }
}

/** The named faults once, or all of them in an order that is drawn again each time they are through. */
function* drawn(system: TestSystem, random: Random, { faults: names, only = '' }: TortureOptions): Generator<Fault> {
  const all = faultsOf(system)
  if (names !== undefined) {
    for (const name of names) yield all.find((fault) => fault.name === name) ?? unknownFault(name, all)
    return
  }
  const wanted = all.filter((fault) => fault.name.includes(only))
  if (wanted.length === 0) unknownFault(only, all)
  for (;;) yield* random.shuffle(wanted)
}

function unknownFault(name: string, all: readonly Fault[]): never {
  throw new Error(`no fault "${name}"; there are ${all.map((fault) => fault.name).join(', ')}`)
}

async function runRound(
  system: TestSystem,
  tally: Tally,
  random: Random,
  fault: Fault,
  forgotten: Set<string>,
  say: TortureOptions['say']
): Promise<void> {
  const startedAt = performance.now()
  const failure = new AbortController()
  let over = false
  const round: Round = {
    system,
    admin: await logIn(system, system.admin),
    random,
    tally,
    aborted: failure.signal,
    goesOn: () => !over && !failure.signal.aborted,
    expectations: noExpectations(),
    forgotten
  }
  const stories = [
    befall(round, fault).finally(() => (over = true)),
    ...(fault.losesData ? [] : [playSessions(round, 'pair 1'), playSessions(round, 'pair 2')]),
    ...(fault.losesData ? [] : [playGroup(round, 'group'), playAccounts(round, 'accounts')])
  ]
  try {
    await Promise.all(stories)
    const events = await expectEventsOnce(round)
    expectPlansTold(round, events)
    await expectNotified(round)
  } catch (error) {
    failure.abort(new Error('another promise broke'))
    await Promise.allSettled(stories)
    throw error
  }
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
  const last = tally.faults.at(-1)
  const waited = last?.waitedFor ? ` (${last.waitedFor})` : ''
  say(`${tally.rounds}. ${fault.name}: serves after ${last?.milliseconds ?? 0} ms${waited}; round ${seconds} s`)
}

/** The fault, some time into the traffic, and the wait until all is served again. */
async function befall(round: Round, fault: Fault): Promise<void> {
  const random = round.random.fork('fault')
  const [inviter, invitee] = await newPeople(round, 2)
  if (inviter === undefined || invitee === undefined) return
  round.expectations.notices.delete(inviter.id)
  round.expectations.notices.delete(invitee.id)
  const probers = { inviter, invitee, body: await invitation(inviter, invitee) }
  await wait(random.int(1_500, 3_500))
  round.tally.faults.push({ name: fault.name, ...(await fault.befall(round, probers, random)) })
  // Traffic over what has just come back.
  await wait(random.int(300, 1_500))
}
