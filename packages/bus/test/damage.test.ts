import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { type RunningNats, startNats } from '@belay/launcher'
import { eventually } from '@belay/testing'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Bus, connectBus } from '../src/index.ts'
import { envelopes, publishAll, quick, type TestEvent, uniqueEvent } from './fixture.ts'

// Each test ruins its server, so each has its own.
let dataDir: string
let server: RunningNats
const closing: Bus[] = []

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'belay-bus-'))
  server = await startNats({ dataDir, log: () => undefined })
})

afterEach(async () => {
  await Promise.all(closing.splice(0).map((bus) => bus.close()))
  await server.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

/** A bus, with what it logs as an error and how often it reports that the stream is damaged. */
async function watched() {
  const errors: string[] = []
  const sink = new Writable({
    write(line, _, done) {
      errors.push(JSON.parse(String(line)).msg)
      done()
    }
  })
  const bus = await connectBus({ url: server.url, name: 'test', log: pino({ level: 'error' }, sink), tuning: quick })
  closing.push(bus)
  const seen = { damages: 0 }
  bus.onStreamDamage(() => (seen.damages += 1))
  return { bus, errors, seen }
}

async function applied(bus: Bus, event: TestEvent, durable = 'applies'): Promise<Set<string>> {
  const ids = new Set<string>()
  await bus.consume({
    durable,
    event,
    handle: async (events) => events.forEach(({ id }) => ids.add(id)),
    park: async () => {
      throw new Error('nothing here is poison')
    }
  })
  return ids
}

function messageFiles(): string[] {
  const files = readdirSync(dataDir, { recursive: true, encoding: 'utf8' })
  return files.filter((file) => /streams\/BELAY\/msgs\/\d+\.(blk|idx)$/.test(file)).map((file) => join(dataDir, file))
}

test.each([
  ['lost its blocks', () => messageFiles().forEach((file) => rmSync(file))],
  ['lost the end of its block', () => cutInHalf()]
])('a stream that %s is reported once, and what is published then is consumed', async (_, damage) => {
  const { bus, errors, seen } = await watched()
  const damagesBefore = seen.damages
  const event = uniqueEvent()
  const ids = await applied(bus, event)
  const lost = envelopes(event, 17)
  await publishAll(bus, lost)
  await eventually(() => expect(ids.size).toBe(17))

  await server.kill('SIGKILL')
  damage()
  await server.restart()
  await eventually(() => expect(bus.status()).toBe('connected'), { withinMs: 10_000 })
  // Fewer than were lost: to the durable as it stood they would have lain in the past.
  const later = envelopes(event, 3)
  await eventually(() => publishAll(bus, later), { withinMs: 10_000 })
  await eventually(() => expect(later.filter(({ id }) => !ids.has(id))).toEqual([]), { withinMs: 10_000 })
  expect(seen.damages - damagesBefore).toBeGreaterThan(0)
  expect(errors.filter((message) => message.startsWith('the stream is damaged'))).toHaveLength(1)
})

test.each([
  ['lost the end of its block', () => cutInHalf()],
  ['has a scrambled block', () => scramble()]
])(
  'a stream that %s gives way to a new one, from which durables of several subjects miss nothing',
  async (_, damage) => {
    const { bus, errors } = await watched()
    const kinds = await Promise.all(
      ['first', 'second', 'third'].map(async (durable) => {
        const event = uniqueEvent()
        return { event, ids: await applied(bus, event, durable) }
      })
    )
    const outbox = envelopes(uniqueEvent(), 0)
    bus.onStreamDamage(() => void eventually(() => publishAll(bus, outbox), { withinMs: 10_000 }))
    const publishMixed = async (count: number): Promise<void> => {
      for (let n = 0; n < count; n += 1) {
        const events = kinds.flatMap(({ event }, kind) => (n % (1 + kind * 5) === 0 ? envelopes(event, 1) : []))
        await eventually(() => publishAll(bus, events), { withinMs: 10_000 })
        outbox.push(...events)
      }
    }
    const unseen = () => outbox.filter(({ id }) => !kinds.some(({ ids }) => ids.has(id))).length
    await publishMixed(60)
    await eventually(() => expect(unseen()).toBe(0))
    const before = await streamNow()

    await server.kill('SIGKILL')
    damage()
    await server.restart()
    await eventually(() => expect(bus.status()).toBe('connected'), { withinMs: 10_000 })
    await publishMixed(30)
    await eventually(() => expect(unseen()).toBe(0), { withinMs: 10_000 })
    await eventually(async () => expect((await streamNow()).state.messages).toBe(outbox.length))
    expect((await streamNow()).created).not.toBe(before.created)
    expect(errors.filter((message) => message.startsWith('the stream is damaged'))).toHaveLength(1)
  }
)

async function streamNow() {
  const nc = await connect({ servers: server.url })
  try {
    return await (await jetstreamManager(nc)).streams.info('BELAY')
  } finally {
    await nc.close()
  }
}

/** Overwrites some bytes in the middle. */
function scramble(): void {
  for (const file of messageFiles()) {
    if (file.endsWith('.idx')) rmSync(file)
    else {
      const bytes = readFileSync(file)
      writeFileSync(file, bytes.fill(0xa5, bytes.length / 2, bytes.length / 2 + 64))
    }
  }
}

function cutInHalf(): void {
  for (const file of messageFiles()) {
    if (file.endsWith('.idx')) rmSync(file)
    else truncateSync(file, 2_000)
  }
}

test('a process that starts after the damage finds its consumer beyond the end of the stream', async () => {
  const first = await watched()
  const event = uniqueEvent()
  const ids = await applied(first.bus, event)
  await publishAll(first.bus, envelopes(event, 17))
  await eventually(() => expect(ids.size).toBe(17))
  await first.bus.close()
  await server.kill('SIGKILL')
  for (const file of messageFiles()) rmSync(file)
  await server.restart()

  const second = await watched()
  const again = await applied(second.bus, event)
  const later = envelopes(event, 3)
  await publishAll(second.bus, later)
  await eventually(() => expect([...again].toSorted()).toEqual(later.map(({ id }) => id).toSorted()))
  expect(second.errors).toHaveLength(1)
})
