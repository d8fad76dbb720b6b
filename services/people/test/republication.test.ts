import { migrate } from '@belay/db'
import { eventMigrations } from '@belay/events'
import { collectEvents, createTestDatabase, eventually } from '@belay/testing'
import { expect, onTestFinished, test } from 'vitest'
import { migrations } from '#migrations'
import { connect } from './support/database.ts'
import { register, usePeople } from './support/people.ts'

const people = usePeople()

/** Migrates a database to the release before, changes it and migrates it to this one; what is left to be published then. */
async function upgrade(...statements: string[]) {
  const all = { ...eventMigrations, ...migrations }
  const database = await createTestDatabase()
  onTestFinished(database.drop)
  const upTo = (end: string) => Object.fromEntries(Object.entries(all).filter(([name]) => name < end))
  const options = { url: database.url, schema: 'people' }
  await migrate({ ...options, migrations: upTo('20261201T0020') })
  const db = connect(database.url)
  onTestFinished(() => db.destroy())
  for (const statement of statements) await db.sql(statement)
  await migrate({ ...options, migrations: all })
  return db.sql('select kind, after_id from republications order by kind')
}

const [ada, bob] = ['00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000002']
const accounts = `insert into users (id, display_name, created_at, updated_at)
  values ('${ada}', 'Ada', now(), now()), ('${bob}', 'Bob', now(), now())`
const block = `insert into blocks (blocker_id, blocked_id, id, active, version, created_at, updated_at)
  values ('${ada}', '${bob}', gen_random_uuid(), true, 1, now(), now())`

test('an upgrade publishes accounts and blocks once more where there are any', async () => {
  expect(await upgrade(accounts, block)).toEqual([
    { kind: 'accounts', after_id: null },
    { kind: 'blocks', after_id: null }
  ])
  expect(await upgrade(accounts)).toEqual([{ kind: 'accounts', after_id: null }])
  expect(await upgrade()).toEqual([])
})

test('each account and active block is published once more with a higher version, past erased and lifted ones', async () => {
  const [done, known, blocked, lifted, erased] = [
    await register(people),
    await register(people),
    await register(people),
    await register(people),
    await register(people)
  ]
  await known.api.patch('/api/users/me/', { birthdate: '1990-02-03', profile_photos: ['https://example.org/1.jpg'] })
  await known.api.post(`/api/v1/users/${blocked.id}/block`)
  await known.api.post(`/api/v1/users/${lifted.id}/block`)
  await known.api.delete(`/api/v1/users/${lifted.id}/block`)
  await erased.api.delete('/api/users/me/', { password: erased.password })

  await people.sql(`insert into republications (kind, after_id) values ('accounts', $1), ('blocks', null)`, [done.id])
  await Promise.all([people.startReplica(), people.startReplica()])
  await eventually(async () => expect(await people.sql('select * from republications')).toEqual([]))

  await eventually(async () => {
    const events = await collectEvents(people, 'belay.evt.people.user.*.v1')
    const versionsOf = (verb: string, id: string) =>
      events
        .filter(({ type, subject }) => type === `belay.people.user.${verb}.v1` && subject === id)
        .map(({ data }) => data)
    expect(versionsOf('updated', known.id)).toMatchObject([
      { version: 2 },
      { version: 3, birthdate: '1990-02-03', profile_photos: ['https://example.org/1.jpg'] }
    ])
    expect(versionsOf('updated', blocked.id)).toMatchObject([{ version: 2, birthdate: null, profile_photos: [] }])
    expect([versionsOf('updated', done.id), versionsOf('updated', erased.id)]).toEqual([[], []])
    expect(versionsOf('blocked', known.id)).toEqual([
      { blocker_id: known.id, blocked_id: blocked.id, version: 1 },
      { blocker_id: known.id, blocked_id: lifted.id, version: 1 },
      { blocker_id: known.id, blocked_id: blocked.id, version: 2 }
    ])
  })
})
