import type { StoredEvent } from '@belay/testing'
import { setTimeout as wait } from 'node:timers/promises'
import { answerOf } from './calls.ts'
import { PromiseBroken } from './promise-broken.ts'
import type { Round } from './round.ts'

const settledWithinMs = 60_000

/** The stream holds each change of the round's plans once, as the commands were given. */
export function expectPlansTold({ expectations }: Round, events: readonly StoredEvent[]): void {
  const told = events
    .filter(({ subject, type }) => expectations.plans.has(subject) && type.startsWith('belay.sessions.'))
    .map(({ type, subject }) => `${type.replace(/^belay\./, '').replace(/\.v\d+$/, '')} ${subject}`)
  const difference = differenceOf(expectations.events, told)
  if (difference !== undefined) throw new PromiseBroken('each change publishes exactly one event', difference)
}

/** Every inbox of the round holds one notification for each event that concerns its person, and no others. */
export async function expectNotified(round: Round): Promise<void> {
  await Promise.all(
    [...round.expectations.notices.values()].map(async ({ person, entries }) => {
      const deadline = performance.now() + settledWithinMs
      for (;;) {
        const found = await inboxOf(round, person.api)
        const difference = differenceOf(entries, found)
        if (difference === undefined) break
        if (performance.now() > deadline || difference.tooMany.length > 0) {
          throw new PromiseBroken('each event notifies each recipient once', { person: person.id, ...difference })
        }
        await wait(200)
      }
      round.tally.notices += entries.length
    })
  )
}

interface Item {
  type: string
  data: { session_id?: string; request_id?: string; event_id?: string }
}

async function inboxOf(round: Round, api: Parameters<typeof answerOf>[1]): Promise<string[]> {
  const items: Item[] = []
  for (let page = 1; ; page += 1) {
    const path = `/api/notifications/?page_size=100&page=${page}`
    const { answer } = await answerOf(round, api, { method: 'GET', path })
    items.push(...answer.body.results)
    if (!answer.body.next) break
  }
  return items
    .filter(({ type }) => type !== 'message_received')
    .map(({ type, data }) => `${type} ${data.session_id ?? data.request_id ?? data.event_id ?? ''}`)
}

function differenceOf(
  expected: readonly string[],
  found: readonly string[]
): { missing: string[]; tooMany: string[] } | undefined {
  const left = new Map<string, number>()
  for (const entry of expected) left.set(entry, (left.get(entry) ?? 0) + 1)
  for (const entry of found) left.set(entry, (left.get(entry) ?? 0) - 1)
  const missing = [...left].filter(([, count]) => count > 0).map(([entry]) => entry)
  const tooMany = [...left].filter(([, count]) => count < 0).map(([entry]) => entry)
  return missing.length + tooMany.length === 0 ? undefined : { missing, tooMany }
}
