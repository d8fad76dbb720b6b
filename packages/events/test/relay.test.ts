import { eventually } from '@belay/testing'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { DoneMarker } from '../src/done-marker.ts'
import { numbered, record, recordMany } from './events.ts'
import { createLog, db, open, openStore, quick, Stream, useEventTables, subjectsOf } from './fixture.ts'

useEventTables()

/** However slow the machine: no sweeper takes what its process is about to publish. */
const patient = { graceMs: 60_000 }

const drained = (store: { relay: { pendingCount(): Promise<number> } }) =>
  eventually(async () => expect(await store.relay.pendingCount()).toBe(0), { withinMs: 10_000 })

test('the process that committed publishes at once, in the order of its commits, and marks it done', async () => {
  const stream = new Stream()
  const store = openStore(stream, { relay: { sweepIntervalMs: 60_000 } })
  await drained(store)
  for (const subject of numbered('a', 50)) await record(store, subject)
  await eventually(() => expect(stream.subjects()).toEqual(numbered('a', 50)))
  await drained(store)
  expect(stream.attempts).toHaveLength(50)
})

test('callers that wait for a commit are answered before its events are published', async () => {
  const stream = new Stream()
  const store = openStore(stream)
  await record(store, 'a')
  expect(stream.attempts).toEqual([])
  await eventually(() => expect(stream.subjects()).toEqual(['a']))
})

test('a commit does not wait for the stream', async () => {
  const stream = new Stream()
  const answered = Promise.withResolvers<void>()
  stream.hook = () => answered.promise
  const store = openStore(stream)
  await record(store, 'a')
  expect(stream.stored).toEqual([])
  answered.resolve()
  await eventually(() => expect(stream.subjects()).toEqual(['a']))
})

test('events of many concurrent transactions are each published once, none lost', async () => {
  const stream = new Stream()
  const store = openStore(stream, { relay: patient })
  await Promise.all(numbered('a', 80).map((subject) => record(store, subject)))
  await drained(store)
  expect(new Set(stream.subjects())).toEqual(new Set(numbered('a', 80)))
  expect(stream.attempts).toHaveLength(80)
})

test('what a process committed and did not publish, another publishes, with the same ids and in order', async () => {
  const stream = new Stream()
  const crashed = openStore(stream, { started: false })
  const envelopes = await crashed.transaction((trx) => recordMany(trx, numbered('a', 5)))
  const other = openStore(stream)
  await drained(other)
  expect(stream.stored).toEqual(envelopes)
})

test('what is younger than the grace is left to the process that recorded it', async () => {
  const stream = new Stream()
  const slow = openStore(stream, { started: false })
  await record(slow, 'young')
  const other = openStore(stream, { relay: { graceMs: 60_000 } })
  await record(slow, 'young too')
  await record(other, 'own')
  await eventually(() => expect(stream.subjects()).toEqual(['own']))
  await eventually(async () => expect(await other.relay.pendingCount()).toBe(2))
  expect(stream.subjects()).toEqual(['own'])
})

test('while the stream is away nothing is lost, and afterwards everything comes in order', async () => {
  const stream = new Stream()
  const store = openStore(stream)
  await record(store, 'a1')
  await eventually(() => expect(stream.subjects()).toEqual(['a1']))
  stream.away = true
  for (const subject of numbered('a', 40).slice(1)) await record(store, subject)
  await eventually(() => expect(stream.attempts.length).toBeGreaterThan(10))
  stream.away = false
  for (const subject of numbered('b', 40)) await record(store, subject)
  await drained(store)
  expect(stream.subjects()).toEqual([...numbered('a', 40), ...numbered('b', 40)])
})

test('order holds however the stream comes and goes under a steady flow', async () => {
  const stream = new Stream()
  let calls = 0
  stream.hook = () => {
    calls += 1
    if (calls % 37 === 0) throw new Error('dropped')
  }
  const store = openStore(stream, { relay: { batchMax: 1 } })
  for (const subject of numbered('a', 300)) await record(store, subject)
  await drained(store)
  expect(stream.subjects()).toEqual(numbered('a', 300))
})

test('an outage costs one attempt per try, not one per event', async () => {
  const stream = new Stream()
  stream.away = true
  const crashed = openStore(stream, { started: false })
  await crashed.transaction((trx) => recordMany(trx, numbered('a', 400)))
  const log = createLog()
  const store = openStore(stream, { log, relay: { graceMs: 0, backoffMs: 10, backoffMaxMs: 40 } })
  await eventually(() => expect(stream.attempts.length).toBeGreaterThanOrEqual(4))
  expect(new Set(stream.attempts.flatMap(subjectsOf)).size).toBeLessThanOrEqual(2)
  stream.away = false
  await drained(store)
  expect(log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1)
})

test('the relay of each of two processes publishes its own, each event once', async () => {
  const stream = new Stream()
  const stores = [openStore(stream, { relay: patient }), openStore(stream, { relay: patient })]
  const subjects = numbered('a', 200)
  await Promise.all(subjects.map((subject, i) => record(stores[i % 2] ?? openStore(stream), subject)))
  for (const store of stores) await drained(store)
  expect(stream.attempts.flatMap(subjectsOf).toSorted()).toEqual(subjects.toSorted())
})

test('two sweepers share what a third left behind, each event once', async () => {
  const stream = new Stream()
  stream.hook = () => new Promise((resolve) => setImmediate(resolve))
  const crashed = openStore(stream, { started: false })
  await crashed.transaction((trx) => recordMany(trx, numbered('a', 500)))
  const settings = { ...quick, graceMs: 0, batchMax: 20 }
  const stores = [openStore(stream, { relay: settings }), openStore(stream, { relay: settings })]
  for (const store of stores) await drained(store)
  expect(stream.attempts).toHaveLength(500)
  expect(new Set(stream.subjects()).size).toBe(500)
})

test('a sweeper that is stuck does not hold up another', async () => {
  const stream = new Stream()
  const stuck = Promise.withResolvers<void>()
  const entered = Promise.withResolvers<void>()
  const crashed = openStore(stream, { started: false })
  await record(crashed, 'first')
  const slow = new Stream()
  slow.hook = () => {
    entered.resolve()
    return stuck.promise
  }
  openStore(slow, { relay: { graceMs: 0 } })
  await entered.promise
  await record(crashed, 'second')
  openStore(stream, { relay: { graceMs: 0 } })
  await eventually(() => expect(stream.subjects()).toEqual(['second']))
  stuck.resolve()
  await eventually(() => expect(slow.subjects()).toEqual(['first']))
})

test('a lower position that commits later is not skipped', async () => {
  const stream = new Stream()
  const early = openStore(stream, { started: false })
  const late = openStore(stream, { relay: { graceMs: 0 } })
  const recorded = Promise.withResolvers<void>()
  const go = Promise.withResolvers<void>()
  const commit = early.transaction(async (trx) => {
    await recordMany(trx, ['lower'])
    recorded.resolve()
    await go.promise
  })
  await recorded.promise
  await record(late, 'higher')
  await drained(late)
  expect(stream.subjects()).toEqual(['higher'])
  go.resolve()
  await commit
  await eventually(() => expect(stream.subjects()).toEqual(['higher', 'lower']))
  await drained(late)
})

test('when too many wait, the rest is left to the sweeper and nothing is lost or out of order', async () => {
  const stream = new Stream()
  const answer = Promise.withResolvers<void>()
  stream.hook = () => answer.promise
  const store = openStore(stream, { relay: { queueMax: 10, batchMax: 5 } })
  for (const subject of numbered('a', 60)) await record(store, subject)
  answer.resolve()
  await drained(store)
  expect(stream.subjects()).toEqual(numbered('a', 60))
  await record(store, 'direct again')
  await eventually(() => expect(stream.subjects().at(-1)).toBe('direct again'))
})

test('what overflows while an outage is being worked off is worked off as well, in order', async () => {
  const stream = new Stream()
  stream.away = true
  const gate = Promise.withResolvers<void>()
  const entered = Promise.withResolvers<void>()
  const store = openStore(stream, { relay: { ...patient, queueMax: 10 } })
  await record(store, 'a1')
  await eventually(() => expect(stream.attempts.length).toBeGreaterThan(1))
  stream.hook = () => {
    entered.resolve()
    return gate.promise
  }
  stream.away = false
  await entered.promise
  for (const subject of numbered('a', 30).slice(1)) await record(store, subject)
  gate.resolve()
  for (const subject of numbered('b', 30)) await record(store, subject)
  await drained(store)
  expect(stream.subjects()).toEqual([...numbered('a', 30), ...numbered('b', 30)])
})

test('what could not be marked as done is marked later', async () => {
  const crashed = openStore(new Stream(), { started: false })
  await record(crashed, 'a')
  const pending = await db.selectFrom('outbox_pending').select('position').execute()
  const marker = new DoneMarker({ db, everyMs: 60_000 })
  marker.add(pending.map(({ position }) => position))
  await sql`alter table outbox_pending rename to elsewhere`.execute(db)
  await expect(marker.flush()).rejects.toThrow('does not exist')
  await sql`alter table elsewhere rename to outbox_pending`.execute(db)
  await marker.flush()
  expect(await crashed.relay.pendingCount()).toBe(0)
  await marker.stop()
})

test('an event that the stream always refuses delays the others only briefly and stays pending', async () => {
  const stream = new Stream()
  stream.hook = (fact) => {
    if (subjectsOf(fact).includes('poison')) throw new Error('too large')
  }
  const log = createLog()
  const store = openStore(stream, { log })
  await store.transaction((trx) => recordMany(trx, ['a', 'poison', 'b']))
  await record(store, 'c')
  await record(store, 'd')
  await eventually(() => expect(stream.subjects().toSorted()).toEqual(['a', 'b', 'c', 'd']))
  await record(store, 'e')
  await eventually(() => expect(stream.subjects()).toContain('e'))
  await eventually(async () => expect(await store.relay.pendingCount()).toBe(1))
  expect(log.lines.some(({ level, message }) => level === 'error' && message.includes('refuses'))).toBe(true)
  stream.hook = () => undefined
  await drained(store)
  expect(stream.subjects()).toContain('poison')
})

test('connections of the relay that are cut under load lose nothing, and the relay goes on', async () => {
  const stream = new Stream()
  const store = openStore(stream)
  const committed: string[] = []
  for (const [round, subject] of numbered('a', 60).entries()) {
    if (round % 15 === 7) await cutConnections()
    await record(store, subject).then(
      () => committed.push(subject),
      () => {}
    )
  }
  await drained(store)
  expect(
    stream
      .subjects()
      .filter((subject) => committed.includes(subject))
      .toSorted()
  ).toEqual(committed.toSorted())
  expect(committed.length).toBeGreaterThan(20)
})

async function cutConnections() {
  await sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'events-test' and datname = current_database() and pid <> pg_backend_pid()`.execute(db)
}

test('published but not marked when the process ended: published again under the same id', async () => {
  const stream = new Stream()
  const own = open()
  const first = openStore(stream, { relay: { markEveryMs: 60_000, sweepIntervalMs: 60_000 } })
  const envelope = await record(first, 'a')
  await eventually(() => expect(stream.subjects()).toEqual(['a']))
  const second = openStore(stream)
  await drained(second)
  expect(stream.attempts.map(({ id }) => id)).toEqual([envelope.id, envelope.id])
  expect(stream.stored).toHaveLength(1)
  await own.destroy()
})

test('stopping publishes what the process still holds, and marks it', async () => {
  const stream = new Stream()
  stream.hook = () => new Promise((resolve) => setImmediate(resolve))
  const store = openStore(stream, { relay: { batchMax: 2, markEveryMs: 60_000 } })
  await store.transaction((trx) => recordMany(trx, numbered('a', 20)))
  await store.relay.stop()
  expect(stream.subjects()).toEqual(numbered('a', 20))
  expect(await store.relay.pendingCount()).toBe(0)
})

test('stopping while the stream is away is prompt', async () => {
  const stream = new Stream()
  stream.away = true
  const store = openStore(stream, { relay: { backoffMs: 60_000, backoffMaxMs: 60_000 } })
  await record(store, 'a')
  await store.relay.stop()
  expect(await store.relay.pendingCount()).toBe(1)
})
