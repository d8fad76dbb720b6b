import { randomUUID } from 'node:crypto'
import { createDatabase, migrate } from '@belay/db'
import { eventMigrations } from '@belay/events'
import { kitMigrations } from '@belay/kit'
import { createTestDatabase } from '@belay/testing'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { migrations } from '#migrations'
import type { ChatDatabase } from '#src/schema.ts'
import { readRange } from '#src/messages/messages.repository.ts'

const schema = 'chat'
const name = '20261125T1100_names-by-reference'

test('names in older messages become references, or are removed when it is not certain whose they are', async () => {
  const database = await createTestDatabase()
  const all = { ...eventMigrations, ...kitMigrations, ...migrations }
  const before = Object.fromEntries(Object.entries(all).filter(([key]) => key < name))
  await migrate({ url: database.url, schema, migrations: before })
  const db = createDatabase<ChatDatabase>({ url: database.url, schema, poolMax: 2, applicationName: 'names-test' })
  const [thread, ana, ben, twin, other] = [randomUUID(), randomUUID(), randomUUID(), randomUUID(), randomUUID()]
  const bodies = [
    'Welcome to the Ana has left the event. event chat!',
    'Ana "A" has joined the event!',
    'Ben has left the event.',
    'Twin has joined the event!',
    'Nobody Known has left the event.'
  ]
  await sql`
    insert into users (id, display_name, tier, role, disabled, version) values
      (${ana}, 'Ana "A"', 'free', 'user', false, 1), (${ben}, 'Ben', 'free', 'user', false, 1),
      (${twin}, 'Twin', 'free', 'user', false, 1), (${other}, 'Twin', 'free', 'user', false, 1)`.execute(db)
  await sql`
    insert into threads (id, context, context_id, context_version, context_status, last_seq, created_at)
    values (${thread}, 'event', ${thread}, 1, 'booking', ${bodies.length}, now())`.execute(db)
  await sql`insert into members (thread_id, user_id) values (${thread}, ${ana})`.execute(db)
  await sql`
    insert into messages (thread_id, seq, id, kind, body, created_at)
    select ${thread}, ord, gen_random_uuid(), 'system', body, now()
    from unnest(${bodies}::text[]) with ordinality as t (body, ord)`.execute(db)
  const envelopes = bodies.map((body) =>
    JSON.stringify({ type: 'belay.chat.message.sent.v1', data: { kind: 'system', sender_id: null, body, seq: 1 } })
  )
  await sql`
    insert into outbox (id, envelope) select gen_random_uuid(), e from unnest(${envelopes}::json[]) as e`.execute(db)

  await migrate({ url: database.url, schema, migrations: all })

  const shown = await readRange(db, thread, { limit: 10 })
  expect(shown.map(({ body }) => body)).toEqual([
    ...bodies.slice(0, 3),
    'A guest has joined the event!',
    'A guest has left the event.'
  ])
  await db.updateTable('users').set({ display_name: 'Deleted user' }).where('id', '=', ana).execute()
  expect((await readRange(db, thread, { limit: 10 }))[1]?.body).toBe('Deleted user has joined the event!')
  const { rows } = await sql<{ body: string }>`
    select envelope->'data'->>'body' as body from outbox order by position`.execute(db)
  expect(rows.map(({ body }) => body)).toEqual([
    bodies[0],
    'A guest has joined the event!',
    'A guest has left the event.',
    'A guest has joined the event!',
    'A guest has left the event.'
  ])
  await db.destroy()
  await database.drop()
})
