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
import { direct, type Match } from '#src/contexts/direct.ts'
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
    session: ({ status }) => signals.push(`session ${status}`),
    memberLeft: (_, __, { members_version }) => signals.push(`member left, members version ${members_version}`),
    read: () => signals.push('read')
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

const makeMatch = (): Match => ({
  matchId: newId(),
  userIds: [randomUUID(), randomUUID()],
  status: 'matched',
  version: 1
})

test('a match opens one thread with both people in it, however often it is applied', async () => {
  const match = makeMatch()
  const open = { status: 'matched', locked: false, members: [...match.userIds].toSorted(), events: ['thread.created'] }

  await Promise.all([apply(direct(match)), apply(direct(match))])

  expect(await stateOf(match.matchId)).toEqual(open)
})

test.each(['unmatched', 'blocked'] as const)(
  'a pair that is %s has a closed thread, in whichever order it is applied',
  async (status) => {
    const [match, late] = [makeMatch(), makeMatch()]

    await apply(direct(match))
    await apply(direct({ ...match, status, version: 2 }))
    await apply(direct({ ...late, status, version: 2 }))
    await apply(direct(late))

    for (const one of [match, late]) {
      expect(await stateOf(one.matchId)).toMatchObject({
        status,
        locked: true,
        events: ['thread.created', 'thread.locked']
      })
    }
  }
)

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
