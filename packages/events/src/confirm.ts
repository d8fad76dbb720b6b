import { setTimeout as sleep } from 'node:timers/promises'
import type { EventEnvelope } from '@belay/contracts'
import { ApplyTimedOut } from './errors.ts'

/** A committed event with the services that its command waits for. */
export interface AwaitedEvent {
  readonly envelope: EventEnvelope
  /** Services whose next answers depend on the event. */
  readonly appliedBy: readonly string[]
  /** Services that only inform people of it. */
  readonly informs: readonly string[]
  /** Travels together with the others of its type and commit. */
  readonly batched: boolean
}

export interface ConfirmOptions {
  /** Makes a service apply an event now; safe to repeat. */
  applyTo: (service: string, envelope: EventEnvelope) => Promise<void>
  /** Whether services can be asked at all: false while the bus is disconnected. */
  isReachable: () => boolean
  /** Reports a service that failed or was late; the event still reaches it through the stream. */
  onDegraded: (service: string, error: unknown) => void
  /** Longest wait for the services in `appliedBy`, in milliseconds. */
  waitMs: number
  /** Longest wait for the services in `informs`, in milliseconds. */
  informWaitMs: number
}

/** A disconnected bus is often back within this time; waiting longer only delays the answer. */
const unreachableWaitMs = 1_000
const pauseMinMs = 50
const pauseMaxMs = 400
/** Questions to other services at once, for a command that causes many events. */
const concurrency = 32

/**
 * Asks every service that the events name to apply them. Resolves to whether all of `appliedBy` confirmed in time; a
 * failed attempt is repeated until then. Events with the same subject reach a service one after the other.
 */
export async function confirmApplied(events: readonly AwaitedEvent[], options: ConfirmOptions): Promise<boolean> {
  const required = chainsOf(events, (event) => event.appliedBy)
  const informed = chainsOf(events, (event) => event.informs)
  const [confirmed] = await Promise.all([
    withinTime(required, options.waitMs, options, (chain, wait) => applyRepeatedly(chain, wait, options)),
    withinTime(informed, options.informWaitMs, options, (chain, wait) => applyOnce(chain, wait, options))
  ])
  return confirmed
}

/** The events of one subject on their way to one service. */
interface Chain {
  service: string
  envelopes: EventEnvelope[]
}

function chainsOf(events: readonly AwaitedEvent[], servicesOf: (event: AwaitedEvent) => readonly string[]): Chain[] {
  const byService = new Map<string, Map<string, Chain>>()
  for (const event of events) {
    for (const service of servicesOf(event)) {
      const chains = byService.get(service) ?? new Map<string, Chain>()
      byService.set(service, chains)
      const { subject } = event.envelope
      const chain = chains.get(subject) ?? { service, envelopes: [] }
      chains.set(subject, chain)
      chain.envelopes.push(event.envelope)
    }
  }
  return [...byService.values()].flatMap((chains) => [...chains.values()])
}

type Apply = (chain: Chain, wait: AbortSignal) => Promise<boolean>

/** Works through the chains, some at a time; false when one failed or the time ran out. */
async function withinTime(
  chains: readonly Chain[],
  waitMs: number,
  { onDegraded }: ConfirmOptions,
  apply: Apply
): Promise<boolean> {
  if (chains.length === 0) return true
  const wait = new AbortController()
  const timeIsUp = Promise.withResolvers<false>()
  const timer = setTimeout(() => timeIsUp.resolve(false), waitMs)
  const unfinished = new Set(chains)
  const queue = chains.values()
  const work = async (): Promise<boolean> => {
    let all = true
    for (const chain of queue) {
      all = (await apply(chain, wait.signal)) && all
      unfinished.delete(chain)
      if (wait.signal.aborted) return false
    }
    return all
  }
  const workers = Array.from({ length: Math.min(concurrency, chains.length) }, work)
  const all = Promise.all(workers).then((outcomes) => outcomes.every(Boolean))
  const confirmed = await Promise.race([all, timeIsUp.promise])
  clearTimeout(timer)
  wait.abort()
  for (const { service } of unfinished) onDegraded(service, new ApplyTimedOut(service, waitMs))
  return confirmed
}

async function applyRepeatedly(chain: Chain, wait: AbortSignal, options: ConfirmOptions): Promise<boolean> {
  const startedAt = performance.now()
  for (const envelope of chain.envelopes) {
    for (let pause = pauseMinMs; ; pause = Math.min(pause * 2, pauseMaxMs)) {
      if (wait.aborted) return false
      try {
        await options.applyTo(chain.service, envelope)
        break
      } catch (error) {
        const isHopeless = !options.isReachable() && performance.now() - startedAt > unreachableWaitMs
        if (isHopeless && !wait.aborted) options.onDegraded(chain.service, error)
        if (isHopeless) return false
      }
      await sleep(pause, undefined, { signal: wait }).catch(() => undefined)
    }
  }
  return true
}

async function applyOnce(chain: Chain, wait: AbortSignal, options: ConfirmOptions): Promise<boolean> {
  for (const envelope of chain.envelopes) {
    if (wait.aborted) return false
    try {
      await options.applyTo(chain.service, envelope)
    } catch (error) {
      if (!wait.aborted) options.onDegraded(chain.service, error)
    }
  }
  return true
}
