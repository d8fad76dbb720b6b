import type { EventEnvelope } from '@belay/contracts'
import { ApplyTimedOut } from './errors.ts'
import type { RecordedEvent } from './recording.ts'

export interface ApplyOptions {
  applyTo: (service: string, envelope: EventEnvelope) => Promise<void>
  /** A service that failed to apply an event, or did not in time; the event still reaches it through the stream. */
  onDegraded: (service: string, error: unknown) => void
  waitMs: number
}

/**
 * Waits until every service that an event names has applied it, or the time is over. Services and things work side by
 * side; events about one thing reach a service one after the other. Never throws.
 */
export async function awaitApplied(events: readonly RecordedEvent[], options: ApplyOptions): Promise<void> {
  const chains = chainsOf(events)
  if (chains.length === 0) return
  const wait = { over: false }
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, options.waitMs)
  })
  const unfinished = new Set(chains)
  const work = chains.map((chain) => applyChain(chain, wait, options).then(() => unfinished.delete(chain)))
  await Promise.race([Promise.all(work), deadline])
  clearTimeout(timer)
  wait.over = true
  for (const chain of unfinished) options.onDegraded(chain.service, new ApplyTimedOut(chain.service, options.waitMs))
}

interface Chain {
  service: string
  envelopes: EventEnvelope[]
}

function chainsOf(events: readonly RecordedEvent[]): Chain[] {
  const chains = new Map<string, Chain>()
  for (const { envelope, appliedBy } of events) {
    for (const service of appliedBy) {
      const key = `${service} ${envelope.subject}`
      const chain = chains.get(key)
      if (chain === undefined) chains.set(key, { service, envelopes: [envelope] })
      else chain.envelopes.push(envelope)
    }
  }
  return [...chains.values()]
}

async function applyChain(chain: Chain, wait: { over: boolean }, options: ApplyOptions): Promise<void> {
  for (const envelope of chain.envelopes) {
    if (wait.over) return
    try {
      await options.applyTo(chain.service, envelope)
    } catch (error) {
      if (!wait.over) options.onDegraded(chain.service, error)
    }
  }
}
