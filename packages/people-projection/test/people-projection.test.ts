import { randomUUID } from 'node:crypto'
import {
  type EventDefinition,
  type EventOf,
  UserBlocked,
  UserDeleted,
  UserRegistered,
  UserUnblocked,
  UserUpdated
} from '@belay/contracts'
import { createDatabase, migrate } from '@belay/db'
import { createStore, eventMigrations, type EventTables, runSubscriber, type Subscriber } from '@belay/events'
import { createTestDatabase } from '@belay/testing'
import { type Kysely, sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import {
  accountMigrations,
  accountSubscribers,
  type AccountTables,
  blockMigrations,
  blockSubscribers,
  type BlockTables,
  deleteBlocksOf,
  findUser,
  findUserName,
  isBlocked,
  knownUser,
  listAccounts,
  lockAccountStatuses,
  lockUsers
} from '../src/index.ts'

type Tables = EventTables & AccountTables & BlockTables

const { url, drop } = await createTestDatabase()
const details = {
  '20261102T0000_details': {
    async up(schema: Kysely<unknown>) {
      await sql`alter table users add column birthdate date, add column profile_photos text[] not null default '{}'`.execute(
        schema
      )
    }
  }
}
await migrate({
  url,
  schema: 'chat',
  migrations: { ...eventMigrations, ...accountMigrations, ...blockMigrations, ...details }
})
const db = createDatabase<Tables>({ url, schema: 'chat', poolMax: 4, applicationName: 'people-projection-test' })
const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
const store = createStore<Tables>({
  db,
  source: 'chat',
  clock: { now: () => new Date('2026-11-01T12:00:00.000Z') },
  newId: randomUUID,
  publish: async () => {},
  applyTo: async () => {},
  log
})
afterAll(async () => {
  await store.relay.stop()
  await db.destroy()
  await drop()
})

const stored: string[] = []
const erased: string[] = []
const blocks: boolean[] = []
const subscribers: Subscriber<Tables>[] = [
  ...accountSubscribers<Tables>('chat', {
    keeps: ['birthdate', 'profile_photos'],
    onStored: (_trx, { id }) => void stored.push(id),
    onErased: async (_trx, { data }) => void erased.push(data.id)
  }),
  ...blockSubscribers<Tables>('chat', { onBlocked: async (_trx, _event, isLatest) => void blocks.push(isLatest) })
]

/** Applies an event as it comes from the stream. */
async function apply<Definition extends EventDefinition>(
  definition: Definition,
  data: EventOf<Definition>['data'],
  subject: string
): Promise<void> {
  const { type } = definition
  const found = subscribers.find(({ event }) => event.type === type)
  if (found === undefined) throw new Error(`no subscriber of ${type}`)
  await runSubscriber(store, found, [
    {
      specversion: '1.0',
      id: randomUUID(),
      source: '/belay/people',
      type,
      subject,
      time: '2026-11-01T12:00:00.000Z',
      datacontenttype: 'application/json',
      dataschema: `urn:${type}`,
      data
    }
  ])
}

const ana = (version: number, overrides: object = {}) => ({
  id: randomUUID(),
  display_name: 'Ana',
  avatar: null,
  bio: 'Climbs',
  tier: 'premium' as const,
  role: 'user' as const,
  disabled: false,
  version,
  ...overrides
})

test('an account shows its latest version, in any order of its events', async () => {
  const account = ana(1)
  await apply(UserUpdated, { ...account, display_name: 'Ana the third', disabled: true, version: 3 }, account.id)
  await apply(UserUpdated, { ...account, display_name: 'Ana the second', version: 2 }, account.id)
  await apply(UserRegistered, account, account.id)
  expect(await findUser(db, account.id)).toEqual({ display_name: 'Ana the third', disabled: true })
  expect(await listAccounts(db, [account.id, randomUUID()])).toEqual([
    { id: account.id, tier: 'premium', role: 'user', disabled: true }
  ])
  expect(await findUserName(db, randomUUID())).toBeNull()
  expect(stored).toEqual([account.id, account.id, account.id])
})

test('a service keeps the details that it has columns for, also past events of a producer that does not send them', async () => {
  const account = ana(1, { birthdate: '1990-02-03', profile_photos: ['https://example.org/1.jpg'] })
  await apply(UserRegistered, account, account.id)
  await apply(UserUpdated, { ...ana(2), id: account.id, display_name: 'Bea' }, account.id)
  expect(await db.selectFrom('users').selectAll().where('id', '=', account.id).executeTakeFirst()).toMatchObject({
    display_name: 'Bea',
    birthdate: '1990-02-03',
    profile_photos: ['https://example.org/1.jpg']
  })
})

test('an erased account keeps nothing but its id, also when its registration arrives late', async () => {
  const account = ana(1)
  await store.transaction((trx) =>
    sql`insert into parked_events (durable, event_id, payload, reason)
        values ('chat-user-registered', ${randomUUID()},
                ${JSON.stringify({ subject: account.id, type: UserRegistered.type })}::json, 'test')`.execute(trx)
  )
  await apply(UserDeleted, { id: account.id, version: 2 }, account.id)
  await apply(UserRegistered, account, account.id)
  expect(erased).toContain(account.id)
  expect(await db.selectFrom('users').selectAll().where('id', '=', account.id).execute()).toEqual([
    {
      id: account.id,
      display_name: 'Deleted user',
      avatar: null,
      birthdate: null,
      profile_photos: [],
      tier: 'free',
      role: 'user',
      disabled: true,
      deleted: true,
      version: 2
    }
  ])
  expect(await findUser(db, account.id)).toBeUndefined()
  expect(await findUserName(db, account.id)).toBe('Deleted user')
  expect(await listAccounts(db, [account.id])).toEqual([])
  expect(await db.selectFrom('parked_events').select('id').execute()).toEqual([])
})

test('people are locked with their status, and unknown ones are left out', async () => {
  const [active, disabled] = [ana(1), ana(1, { disabled: true })]
  for (const account of [active, disabled]) await apply(UserRegistered, account, account.id)
  const unknown = randomUUID()
  await store.transaction(async (trx) => {
    const statuses = await lockAccountStatuses(trx, [active.id, disabled.id, unknown])
    expect(statuses).toEqual(
      new Map([
        [active.id, 'active'],
        [disabled.id, 'disabled']
      ])
    )
    const users = await lockUsers(trx, [active.id, unknown])
    expect(knownUser(users, active.id).deleted).toBe(false)
    expect(() => knownUser(users, unknown)).toThrow(`the registration of ${unknown} has not arrived yet`)
  })
})

test('a block holds in both directions until it is lifted, in any order of its events', async () => {
  const [one, other] = [ana(1).id, ana(1).id]
  const pair = { blocker_id: one, blocked_id: other }
  await apply(UserBlocked, { ...pair, version: 1 }, one)
  expect([await isBlocked(db, one, other), await isBlocked(db, other, one)]).toEqual([true, true])
  await apply(UserUnblocked, { ...pair, version: 4 }, one)
  await apply(UserBlocked, { ...pair, version: 3 }, one)
  expect(await isBlocked(db, other, one)).toBe(false)
  expect(blocks).toEqual([true, false])
  await apply(UserBlocked, { ...pair, version: 5 }, one)
  await store.transaction((trx) => deleteBlocksOf(trx, other))
  expect(await isBlocked(db, one, other)).toBe(false)
})
