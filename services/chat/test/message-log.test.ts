import { randomUUID } from 'node:crypto'
import { createDatabase, migrate } from '@belay/db'
import { createStore, eventMigrations } from '@belay/events'
import { kitMigrations, systemRuntime } from '@belay/kit'
import { createTestDatabase } from '@belay/testing'
import { pino } from 'pino'
import { afterAll, expect, test } from 'vitest'
import { migrations } from '#migrations'
import { toError } from '#src/doors/shua/errors.ts'
import { MessageLog, type MessageLogOptions } from '#src/messages/message-log.ts'
import type { ChatDatabase } from '#src/schema.ts'

const schema = 'chat'
const database = await createTestDatabase()
await migrate({ url: database.url, schema, migrations: { ...eventMigrations, ...kitMigrations, ...migrations } })
const db = createDatabase<ChatDatabase>({ url: database.url, schema, poolMax: 4, applicationName: 'message-log-test' })
afterAll(async () => {
  await db.destroy()
  await database.drop()
})

const { clock, newId } = systemRuntime
const log = pino({ level: 'silent' })
const store = createStore<ChatDatabase>({
  db,
  source: 'chat',
  clock,
  newId,
  log,
  publish: async () => undefined,
  applyTo: async () => undefined
})
const openLog = (publish: MessageLogOptions['publish']) =>
  new MessageLog({ store, runtime: systemRuntime, limit: null, log, publish })

/** A thread with one member in it. */
async function makeThread() {
  const threadId = randomUUID()
  const userId = randomUUID()
  await db
    .insertInto('users')
    .values({ id: userId, display_name: 'Ana', avatar: null, tier: 'free', role: 'user', disabled: false, version: 1 })
    .execute()
  await db
    .insertInto('threads')
    .values({
      id: threadId,
      context: 'session',
      context_id: threadId,
      context_version: 1,
      context_status: 'accepted',
      last_message_at: null,
      created_at: clock.now(),
      event_id: null,
      only_sender_id: null
    })
    .execute()
  await db.insertInto('members').values({ thread_id: threadId, user_id: userId }).execute()
  const bodies = async () => {
    const rows = await db.selectFrom('messages').select(['seq', 'body']).where('thread_id', '=', threadId).execute()
    return rows.toSorted((one, other) => one.seq - other.seq).map((row) => row.body)
  }
  const input = (body: string) => ({ thread_id: threadId, sender_id: userId, body, client_msg_id: null })
  return { input, bodies }
}

test('a message whose live signal fails is stored once and acknowledged', async () => {
  const { input, bodies } = await makeThread()
  const failing = openLog(() => {
    throw new Error('no signal')
  })
  const outcomes = await Promise.all(['one', 'two', 'three'].map((body) => failing.append(input(body))))
  expect(outcomes).toMatchObject([1, 2, 3].map((seq) => ({ ok: true, repeated: false, message: { seq } })))
  expect(await bodies()).toEqual(['one', 'two', 'three'])
})

test('of more sends than the log holds in memory, the rest is refused at once with 503', async () => {
  const messageLog = openLog(() => undefined)
  const { input } = await makeThread()
  const send = { ...input('nowhere'), thread_id: randomUUID() }

  const outcomes = await Promise.all(Array.from({ length: 5_001 }, () => messageLog.append(send)))

  expect(outcomes.filter((outcome) => !outcome.ok && outcome.reason === 'thread_not_found')).toHaveLength(5_000)
  const last = outcomes.at(-1)
  if (last === undefined || last.ok) throw new Error('the last one was stored')
  expect(toError(last, null)).toMatchObject({ code: 'CHAT_BUSY', statusCode: 503 })
})

test('a message that PostgreSQL rejects does not affect the rest of its batch', async () => {
  const { input, bodies } = await makeThread()
  const published: number[] = []
  const messageLog = openLog((_, { messages }) => void published.push(...messages.map(({ seq }) => seq)))
  const outcomes = await Promise.allSettled(
    ['before', 'a NUL \u0000 in it', 'after'].map((body) => messageLog.append(input(body)))
  )
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(await bodies()).toEqual(['before', 'after'])
  expect(published).toEqual([1, 2])
})

test('a message without a client_msg_id is no repeat, not even of one whose client_msg_id is "null" or "undefined"', async () => {
  const { input, bodies } = await makeThread()
  const messageLog = openLog(() => undefined)
  const sends = [
    { ...input('named null'), client_msg_id: 'null' },
    { ...input('named undefined'), client_msg_id: 'undefined' },
    { ...input('named nothing'), client_msg_id: '' },
    input('unnamed'),
    input('unnamed as well')
  ]
  const outcomes = await Promise.all(sends.map((send) => messageLog.append(send)))
  expect(outcomes).toMatchObject(sends.map(() => ({ ok: true, repeated: false })))
  expect(await bodies()).toEqual(sends.map(({ body }) => body))
})
