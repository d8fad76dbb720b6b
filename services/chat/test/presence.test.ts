import { randomUUID } from 'node:crypto'
import { type Bus, connectBus, conforms } from '@belay/bus'
import { ContactSignal, listOnline, liveSubjects, onlineGraceMs, presenceLease, unkeptEvents } from '@belay/contracts'
import { createDatabase, migrate } from '@belay/db'
import { createStore, eventMigrations } from '@belay/events'
import { kitMigrations, systemRuntime } from '@belay/kit'
import { createTestDatabase, eventually, startTestNats } from '@belay/testing'
import { sql, type Transaction } from 'kysely'
import { pino } from 'pino'
import { afterAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { migrations } from '#migrations'
import { listActivePeers, listOnlineIds, markOffline, markOnline } from '#src/presence/presence.repository.ts'
import { Presence } from '#src/presence/presence.ts'
import type { ChatDatabase } from '#src/schema.ts'

const schema = 'chat'
const lowestId = '00000000-0000-0000-0000-000000000000'
const log = pino({ level: 'silent' })
const [database, nats] = await Promise.all([createTestDatabase(), startTestNats()])
await migrate({ url: database.url, schema, migrations: { ...eventMigrations, ...kitMigrations, ...migrations } })
const db = createDatabase<ChatDatabase>({ url: database.url, schema, poolMax: 6, applicationName: 'presence-test' })
afterAll(async () => {
  await db.destroy()
  await Promise.all([database.drop(), nats.stop()])
})

/** Of every replica; it stands still unless a test moves it. */
let nowMs = Date.now()
const clock = { now: () => new Date(nowMs) }
const runtime = { ...systemRuntime, clock }

async function connect(name: string): Promise<Bus> {
  const bus = await connectBus({ url: nats.url, name, stream: 'none', log })
  onTestFinished(() => bus.close())
  return bus
}

/** One replica of chat, as far as presence goes. */
async function startReplica({ callAnsweredWithinMs } = { callAnsweredWithinMs: 500 }): Promise<Presence> {
  const presence = new Presence({ bus: await connect('chat'), db, runtime, log, callAnsweredWithinMs })
  onTestFinished(() => presence.close())
  presence.start()
  return presence
}

/** A realtime gateway as chat sees one. */
class Gateway {
  readonly id = randomUUID()
  readonly bus: Bus
  readonly #online = new Set<string>()
  #version = 0

  constructor(bus: Bus) {
    this.bus = bus
  }

  static async open(...userIds: string[]): Promise<Gateway> {
    const gateway = new Gateway(await connect('gateway'))
    const { bus, id } = gateway
    await bus.answer(listOnline(id), async () => ({ version: gateway.#version, user_ids: [...gateway.#online] }))
    bus.listenLive(liveSubjects.presenceCall, () => gateway.renew())
    bus.onReconnect(() => gateway.renew())
    gateway.renew()
    for (const userId of userIds) gateway.announce(userId, true)
    return gateway
  }

  announce(user_id: string, online: boolean): void {
    this.#version += 1
    if (online) this.#online.add(user_id)
    else this.#online.delete(user_id)
    this.#publish({ kind: 'change', user_id, online })
  }

  renew(): void {
    this.#publish({ kind: 'lease' })
  }

  shutDown(): void {
    this.#publish({ kind: 'gone' })
  }

  #publish(signal: object): void {
    this.bus.publishLive(liveSubjects.online(this.id), { ...signal, gateway_id: this.id, version: this.#version })
  }
}

/** Adds an account, and one that has an active conversation with it. */
async function addPair(status: 'active' | 'archived' | 'blocked' | null = 'active'): Promise<[string, string]> {
  const pair: [string, string] = [randomUUID(), randomUUID()]
  await addUsers(pair)
  await converse(pair, status)
  return pair
}

async function addUsers(ids: readonly string[]): Promise<void> {
  const rows = ids.map((id) => ({
    id,
    display_name: 'Ana',
    avatar: null,
    tier: 'free' as const,
    role: 'user' as const,
    disabled: false,
    version: 1
  }))
  await db.insertInto('users').values(rows).execute()
}

async function converse(pair: readonly string[], status: 'active' | 'archived' | 'blocked' | null): Promise<void> {
  const [user1_id = '', user2_id = ''] = pair.toSorted()
  await db
    .insertInto('conversations')
    .values({ id: randomUUID(), user1_id, user2_id, status, last_activity: clock.now(), created_at: clock.now() })
    .execute()
}

interface Heard {
  /** Whose `belay.live.contact.…`, or the subject of an event. */
  by: string
  about: string
  online: boolean
}

/** Everything that is published about presence during a test. */
let heard: Heard[]
beforeEach(async () => {
  heard = []
  const bus = await connect('subscriber')
  bus.listenLive(liveSubjects.contact('*'), (signal, subject) => {
    if (!conforms(ContactSignal, signal) || signal.kind !== 'presence') return
    heard.push({ by: subject.split('.').at(-1) ?? '', about: signal.user_id, online: signal.online })
  })
  for (const { subject, data } of unkeptEvents) {
    bus.listenLive(subject, (event) => {
      if (typeof event !== 'object' || event === null || !('data' in event) || !conforms(data, event.data)) return
      const { user_id } = event.data as { user_id: string }
      heard.push({ by: 'event', about: user_id, online: subject.includes('.online.') })
    })
  }
})

const heardBy = (by: string, about: string) =>
  heard.flatMap((one) => (one.by === by && one.about === about ? [one.online] : []))
const eventsAbout = (about: string) => heardBy('event', about)
const until = (about: string, changes: boolean[]) => eventually(() => expect(eventsAbout(about)).toEqual(changes))

const storedOf = (user_id: string) =>
  db.selectFrom('presence').selectAll().where('user_id', '=', user_id).executeTakeFirst()

test('two replicas announce a person once, to those with an active conversation with them alone', async () => {
  const [ana, ben] = await addPair()
  const others = [randomUUID(), randomUUID(), randomUUID(), randomUUID()] as const
  await addUsers(others)
  await converse([ana, others[0]], 'archived')
  await converse([ana, others[1]], 'blocked')
  await converse([ana, others[2]], null)
  await Promise.all([startReplica(), startReplica()])

  const gateway = await Gateway.open(ana)
  await until(ana, [true])
  gateway.announce(ana, false)
  await until(ana, [true, false])
  gateway.announce(ben, true)
  await eventually(() => expect(heardBy(ana, ben)).toEqual([true]))

  expect(eventsAbout(ana)).toEqual([true, false])
  expect(heardBy(ben, ana)).toEqual([true, false])
  expect(others.flatMap((other) => heardBy(other, ana))).toEqual([])
})

test('a person who reconnects to another gateway twenty times within the grace comes online once', async () => {
  const [ana, ben] = await addPair()
  await startReplica()
  let gateway = await Gateway.open(ana)
  await until(ana, [true])

  for (let times = 0; times < 20; times += 1) {
    gateway.shutDown()
    gateway = await Gateway.open(ana)
    nowMs += 100
  }
  gateway.announce(ben, true)
  await until(ben, [true])

  expect(eventsAbout(ana)).toEqual([true])
})

test('the people of a gateway that shuts down stay online for 5 s, and go offline if they do not come back', async () => {
  const [ana, ben] = await addPair()
  await startReplica()
  const [leaving] = await Promise.all([Gateway.open(ana, ben), Gateway.open()])
  await until(ben, [true])
  leaving.shutDown()
  // What is announced behind it shows that it was applied.
  const other = await Gateway.open(ben)
  const [late] = await addPair()
  other.announce(late, true)
  await until(late, [true])
  expect(eventsAbout(ana)).toEqual([true])

  nowMs += onlineGraceMs + 1_000
  await until(ana, [true, false])
  expect(eventsAbout(ben)).toEqual([true])
  expect(await storedOf(ana)).toMatchObject({ online: false, last_active: new Date(nowMs) })
})

test('the people of a killed gateway are offline 15 s after its last sign of life, not before', async () => {
  const [ana, ben] = await addPair()
  await startReplica()
  await Gateway.open(ana)
  await until(ana, [true])
  nowMs += 2_000
  await Gateway.open(ben)
  await until(ben, [true])

  nowMs += presenceLease.expiresMs - 2_000
  await until(ana, [true, false])
  expect(eventsAbout(ben)).toEqual([true])
  nowMs += 2_000
  await until(ben, [true, false])
})

test('a start finds who left and who came while no replica ran, and leaves the others as they are', async () => {
  const [[ana, ben], [chris, dora]] = await Promise.all([addPair(), addPair()])
  const first = await Promise.all([startReplica(), startReplica()])
  const gateway = await Gateway.open(ana, chris, dora)
  await until(dora, [true])
  gateway.announce(dora, false)
  await until(dora, [true, false])
  await Promise.all(first.map((replica) => replica.close()))
  const before = await Promise.all([storedOf(chris), storedOf(dora)])

  gateway.announce(ana, false)
  gateway.announce(ben, true)
  nowMs += 3_600_000
  await Promise.all([startReplica(), startReplica()])

  await until(ana, [true, false])
  await until(ben, [true])
  expect(await Promise.all([storedOf(chris), storedOf(dora)])).toEqual(before)
  expect(eventsAbout(chris)).toEqual([true])
})

test('until the gateways have responded to a start, people come online but none goes offline', async () => {
  const [[ana, ben], [chris]] = await Promise.all([addPair(), addPair()])
  const before = [ana, chris].map((user_id) => ({ user_id, online: true, last_active: clock.now() }))
  await db.insertInto('presence').values(before).execute()
  const replica = await startReplica({ callAnsweredWithinMs: 3_000 })
  const gateway = await Gateway.open(ana)
  await eventually(() => expect(replica.count()).toBe(1))
  gateway.announce(ana, false)
  gateway.announce(ben, true)
  await until(ben, [true])
  expect(await storedOf(ana)).toMatchObject({ online: true })

  await Gateway.open(ana)
  await until(chris, [false])
  expect(eventsAbout(ana)).toEqual([])
})

test('a start goes through any number of people, and an announcement to any number of conversations', async () => {
  const [ana] = await addPair()
  await sql`
    insert into presence (user_id, online, last_active)
    select gen_random_uuid(), true, now() from generate_series(1, 1500)`.execute(db)
  await sql`
    insert into conversations (id, user1_id, user2_id, status, last_activity, created_at)
    select gen_random_uuid(), least(peer, ${ana}::uuid), greatest(peer, ${ana}::uuid), 'active', now(), now()
    from (select gen_random_uuid() as peer from generate_series(1, 2500)) as peers`.execute(db)
  await startReplica()
  await Gateway.open(ana)

  await eventually(async () => {
    const online = await db.selectFrom('presence').select('user_id').where('online', '=', true).execute()
    expect(online.map((one) => one.user_id)).toEqual([ana])
  })
  await eventually(() => {
    const peers = heard.filter(({ by, about }) => by !== 'event' && about === ana).map(({ by }) => by)
    expect(new Set(peers).size).toBe(2_501)
    expect(peers).toHaveLength(2_501)
  })
})

test('a loss of NATS takes no one offline whose gateway comes back', async () => {
  const [ana, ben] = await addPair()
  // Everything reconnects within this time, in any order.
  await startReplica({ callAnsweredWithinMs: 4_000 })
  await Gateway.open(ana)
  const lost = await Gateway.open(ben)
  await until(ben, [true])

  await nats.kill('SIGKILL')
  await lost.bus.close()
  nowMs += 60_000
  await nats.restart()

  await eventually(async () => expect(await storedOf(ben)).toMatchObject({ online: false }))
  expect(await storedOf(ana)).toMatchObject({ online: true, last_active: new Date(nowMs - 60_000) })
  expect(eventsAbout(ana)).toEqual([true])
})

test('a disabled or erased account has no presence', async () => {
  const [ana, ben] = await addPair()
  const replica = await startReplica()
  const gateway = await Gateway.open(ana, ben)
  await until(ana, [true])
  await until(ben, [true])

  const store = createStore<ChatDatabase>({
    db,
    source: 'chat',
    clock,
    newId: randomUUID,
    log,
    publish: async () => undefined,
    applyTo: async () => undefined
  })
  await store.transaction(async (trx) => {
    await trx.updateTable('users').set({ disabled: true }).where('id', '=', ana).execute()
    replica.accountStored(trx, ana)
  })
  await until(ana, [true, false])
  await store.transaction(async (trx) => {
    await trx.updateTable('users').set({ disabled: true, deleted: true }).where('id', '=', ben).execute()
    await replica.erase(trx, ben)
  })
  await until(ben, [true, false])

  const [late] = await addPair()
  for (const id of [ana, ben]) gateway.announce(id, true)
  gateway.announce(late, true)
  await until(late, [true])
  expect([eventsAbout(ana), eventsAbout(ben)]).toEqual([
    [true, false],
    [true, false]
  ])
  expect(await storedOf(ben)).toBeUndefined()
})

test('no statement reads a whole table', async () => {
  const count = 20_000
  await sql`
    insert into users (id, display_name, tier, role, disabled, version)
    select gen_random_uuid(), 'Ana', 'free', 'user', false, 1 from generate_series(1, ${count}::integer)`.execute(db)
  await sql`insert into presence select id, random() < 0.01, now() from users on conflict do nothing`.execute(db)
  await sql`
    insert into conversations (id, user1_id, user2_id, status, last_activity, created_at)
    select gen_random_uuid(), least(one, other), greatest(one, other), 'active', now(), now()
    from (select gen_random_uuid() as one, gen_random_uuid() as other from generate_series(1, ${count}::integer)) as pair`.execute(
    db
  )
  await sql`analyze`.execute(db)
  const { rows: people } = await sql<{ id: string }>`select id from users limit 20`.execute(db)
  const [absent, present] = [people.slice(0, 10), people.slice(10)].map((half) => half.map(({ id }) => id))
  const after = { user_id: lowestId, conversation_id: lowestId }

  const countScans = async (trx: Transaction<ChatDatabase>) => {
    const { rows } = await sql`
      select name, pg_stat_get_xact_numscans(name::regclass) as scans
      from unnest(array['users', 'presence', 'conversations']) as name`.execute(trx)
    return rows
  }
  const scans = await db.transaction().execute(async (trx) => {
    const before = await countScans(trx)
    await markOffline(trx, { absent: absent ?? [], present: present ?? [] }, clock.now())
    await markOnline(trx, present ?? [], clock.now())
    await listOnlineIds(trx, { after: lowestId, limit: 1_000 })
    await listActivePeers(trx, present ?? [], { after, limit: 1_000 })
    return { before, after: await countScans(trx) }
  })

  expect(scans.after).toEqual(scans.before)
})
