import { databaseServices } from '@belay/contracts'
import { collectEvents, type StoredEvent } from '@belay/testing'
import { setTimeout as wait } from 'node:timers/promises'
import { PromiseBroken } from './promise-broken.ts'
import type { Round } from './round.ts'
import { select } from './select.ts'

const publishedWithinMs = 60_000

/**
 * Guarantee 3: every recorded event is in the stream exactly once and nothing else is, and none was given up.
 * Returns the stream's events.
 */
export async function expectEventsOnce(round: Round): Promise<StoredEvent[]> {
  const deadline = performance.now() + publishedWithinMs
  for (;;) {
    round.aborted.throwIfAborted()
    const recorded = await recordedEvents(round)
    const events = await collectEvents(round.system, 'belay.evt.>').catch(() => [])
    const faults = compare(recorded, events, round.forgotten)
    if (faults.length === 0) {
      await expectNothingParked(round)
      round.tally.events = recorded.size
      return events
    }
    if (performance.now() > deadline) {
      const evidence = {
        recorded: recorded.size,
        inStream: events.length,
        faults: faults.slice(0, 10),
        of: faults.length
      }
      throw new PromiseBroken('every event is in the stream exactly once', evidence)
    }
    await wait(250)
  }
}

/** Events of batches, whose content is in the log: their ids are those of the messages. */
const sentEvents = `
  select m.id, 'chat' as service from chat.outbox o, json_array_elements(o.refs) r
  join chat.messages m on m.thread_id = (r->>0)::uuid and m.seq = (r->>1)::int`

/** The ids of all recorded events, each with the service that recorded it. */
export async function recordedEvents(round: Round): Promise<Map<string, string>> {
  const rows = await select<{ id: string; service: string }>(
    round,
    databaseServices
      .map((name) => `select id, '${name}' as service from ${name}.outbox where refs is null`)
      .concat(sentEvents)
      .join(' union all ')
  )
  return new Map(rows.map(({ id, service }) => [id, service]))
}

function compare(
  recorded: ReadonlyMap<string, string>,
  events: readonly StoredEvent[],
  forgotten: ReadonlySet<string>
) {
  const times = new Map<string, number>()
  for (const { id } of events) times.set(id, (times.get(id) ?? 0) + 1)
  const missing = [...recorded].filter(([id]) => !times.has(id)).map(([id, service]) => ({ missing: id, service }))
  const doubled = [...times].filter(([, count]) => count > 1).map(([id, count]) => ({ doubled: id, count }))
  const unknown = [...times.keys()]
    .filter((id) => !recorded.has(id) && !forgotten.has(id))
    .map((id) => ({ unknown: id }))
  return [...missing, ...doubled, ...unknown]
}

async function expectNothingParked(round: Round): Promise<void> {
  const parked = await select(
    round,
    databaseServices.map((name) => `select durable, event_id, reason from ${name}.parked_events`).join(' union all ')
  )
  if (parked.length > 0) throw new PromiseBroken('no event is given up', parked)
}
