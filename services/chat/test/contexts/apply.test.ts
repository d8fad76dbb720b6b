import { randomUUID } from 'node:crypto'
import { createDatabase, migrate } from '@belay/db'
import { createStore, eventMigrations } from '@belay/events'
import { kitMigrations, systemRuntime } from '@belay/kit'
import { createTestDatabase } from '@belay/testing'
import { sql } from 'kysely'
import { pino } from 'pino'
import { afterAll, expect, test } from 'vitest'
import { migrations } from '#migrations'
import { applyChanges } from '#src/contexts/apply.ts'
import { archived, blocked, opened, unblocked } from '#src/contexts/direct.ts'
import { gatheringCancelled } from '#src/contexts/gathering.ts'
import { hostWrote, requestAccepted, requestEnded } from '#src/contexts/request.ts'
import type { ThreadChange } from '#src/contexts/thread-change.ts'
import type { ChatDatabase } from '#src/schema.ts'

const schema = 'chat'
const database = await createTestDatabase()
await migrate({ url: database.url, schema, migrations: { ...eventMigrations, ...kitMigrations, ...migrations } })
const db = createDatabase<ChatDatabase>({ url: database.url, schema, poolMax: 4, applicationName: 'apply-test' })
afterAll(async () => {
  await db.destroy()
  await database.drop()
})
const { clock, newId } = systemRuntime
const log = pino({ level: 'silent' })
const [publish, applyTo] = [async () => undefined, async () => undefined]
const store = createStore<ChatDatabase>({ db, source: 'chat', clock, newId, log, publish, applyTo })

/** Applies changes; returns what open sockets learn, in order. */
async function apply(changes: ThreadChange[]): Promise<string[]> {
  const send = await store.transaction((trx) => applyChanges(trx, systemRuntime, changes))
  const signals: string[] = []
  send({
    messages: (_, { messages }) => signals.push(...messages.map(({ seq }) => `message ${seq}`)),
    commit: () => signals.push('commit'),
    session: ({ status }) => signals.push(`session ${status}`),
    memberLeft: (_, __, { members_version }) => signals.push(`member left, members version ${members_version}`),
    read: () => signals.push('read'),
    conversationOpened: (_, __, afterSeq) => signals.push(`opened after ${afterSeq}`),
    conversationClosed: () => signals.push('closed')
  })
  return signals
}

/** How a thread stands: its status, whether it takes messages, who is in it and the events about it. */
async function stateOf(threadId: string) {
  const thread = await db.selectFrom('threads').selectAll().where('id', '=', threadId).executeTakeFirst()
  const members = await db.selectFrom('members').select('user_id').where('thread_id', '=', threadId).execute()
  const { rows: events } = await sql<{ type: string }>`
    select envelope ->> 'type' as type from outbox where envelope ->> 'subject' = ${threadId} order by position`.execute(
    db
  )
  return {
    status: thread?.context_status,
    locked: thread?.locked,
    members: members.map((member) => member.user_id).toSorted(),
    events: events.map(({ type }) => type.split('.').slice(2, 4).join('.'))
  }
}

const makePair = () => {
  const userIds: [string, string] = [randomUUID(), randomUUID()]
  const from = { userId: userIds[0], messageId: newId() }
  return { pair: { id: newId(), userIds }, words: [{ body: 'hello', from }], members: userIds.toSorted() }
}

test('opening a pair twice at once makes one thread with both people in it', async () => {
  const { pair, members } = makePair()

  await Promise.all([apply(opened(pair, [])), apply(opened(pair, []))])

  expect(await stateOf(pair.id)).toEqual({ status: 'active', locked: false, members, events: ['thread.created'] })
})

test('a closed thread of two people opens again, for words of theirs', async () => {
  const { pair, words, members } = makePair()
  expect(await apply(opened(pair, words))).toEqual(['opened after 0', 'message 1'])
  await apply(archived(pair))
  expect(await stateOf(pair.id)).toMatchObject({ locked: true, members })

  expect(await apply(opened(pair, []))).toEqual(['opened after 1'])

  expect(await stateOf(pair.id)).toMatchObject({ status: 'active', locked: false, members })
})

test('a block takes both people out of their thread, and its end lets them in again without opening it', async () => {
  const { pair, words, members } = makePair()
  await apply(opened(pair, words))

  expect(await apply(blocked(pair))).toEqual(['member left, members version 1', 'member left, members version 2'])
  expect(await stateOf(pair.id)).toMatchObject({ status: 'blocked', locked: true, members: [] })

  await apply(unblocked(pair))
  expect(await stateOf(pair.id)).toMatchObject({ locked: true, members })
})

const makeRequest = () => ({
  request_id: newId(),
  event_id: newId(),
  thread_id: newId(),
  host_id: randomUUID(),
  guest_id: randomUUID(),
  event_title: 'Tennis',
  booking_id: newId(),
  automatic: false,
  version: 2
})

test('a departure is signalled before the message about it, with the members version after it', async () => {
  const request = makeRequest()
  expect(await apply(requestAccepted(request))).toEqual(['message 1', 'message 2'])

  expect(await apply(requestEnded('withdrawn')(request))).toEqual(['member left, members version 1', 'message 3'])
})

test('a guest who leaves a closed group is removed without a message', async () => {
  const request = makeRequest()
  const gathering = {
    ...request,
    title: 'Tennis',
    starts_at: '2027-01-16T10:30:00.000Z',
    guest_ids: [],
    cause: 'host' as const
  }
  await apply(requestAccepted(request))
  await apply(gatheringCancelled(gathering))

  expect(await apply(requestEnded('withdrawn')(request))).toEqual(['member left, members version 1'])
})

test('no thread of a gathering opens behind its cancellation', async () => {
  const request = makeRequest()
  const gathering = {
    ...request,
    title: 'Tennis',
    starts_at: '2027-01-16T10:30:00.000Z',
    guest_ids: [],
    cause: 'host' as const
  }

  await Promise.all([
    apply(gatheringCancelled(gathering)),
    apply(requestAccepted(request)),
    apply(hostWrote({ ...request, id: request.request_id, status: 'ACCEPTED' }))
  ])

  for (const threadId of [request.thread_id, request.request_id]) {
    expect(await stateOf(threadId)).toMatchObject({ locked: true })
  }
})
