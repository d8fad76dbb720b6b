import { createDatabase, migrate } from '@belay/db'
import { createTestDatabase } from '@belay/testing'
import { CompiledQuery } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { migrations } from '#migrations'

const id = (number: number) => `00000000-0000-7000-8000-00000000000${number}`

test('tags that turn out to have one name become the oldest of them, and their events keep them', async () => {
  const database = await createTestDatabase()
  onTestFinished(database.drop)
  const { '20261125T1040_names-in-one-form': _namesInOneForm, ...before } = migrations
  await migrate({ url: database.url, schema: 'sessions', migrations: before })
  const db = createDatabase<unknown>({ url: database.url, schema: 'sessions', poolMax: 1, applicationName: 'test' })
  onTestFinished(() => db.destroy())
  const sql = async (query: string, parameters: unknown[] = []) =>
    (await db.executeQuery<Record<string, unknown>>(CompiledQuery.raw(query, parameters))).rows
  await sql(
    `insert into users (id, display_name, bio, tier, role, disabled, version)
     values ($1, 'Ada', '', 'free', 'user', false, 1)`,
    [id(1)]
  )
  const names = { 2: 'Ma\u00f1ana', 3: 'man\u0303ana', 4: 'Other' }
  for (const [number, name] of Object.entries(names))
    await sql('insert into tags (id, name, created_at) values ($1, $2, now())', [id(Number(number)), name])
  for (const [event, ...tags] of [
    [5, 2, 3],
    [6, 3, 4]
  ]) {
    await sql(
      `insert into events (id, thread_id, host_id, title, starts_at, capacity, booked, auto_accept, status, version,
         created_at, updated_at)
       values ($1, $1, $2, 'Walk', now(), 5, 1, false, 'scheduled', 1, now(), now())`,
      [id(event ?? 0), id(1)]
    )
    for (const tag of tags) await sql('insert into event_tags values ($1, $2)', [id(event ?? 0), id(tag)])
  }
  await migrate({ url: database.url, schema: 'sessions', migrations })
  expect(await sql('select id from tags order by id')).toEqual([{ id: id(2) }, { id: id(4) }])
  expect(await sql('select event_id, tag_id from event_tags order by event_id, tag_id')).toEqual([
    { event_id: id(5), tag_id: id(2) },
    { event_id: id(6), tag_id: id(2) },
    { event_id: id(6), tag_id: id(4) }
  ])
  const found = await sql(`select distinct tag_id from tag_name_endings where ending ^@ 'a\u00f1an'`)
  expect(found).toEqual([{ tag_id: id(2) }])
})
