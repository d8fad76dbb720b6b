import { createApi } from '@belay/testing'
import { describe, expect, test } from 'vitest'
import { type PeopleFixture, register, usePeople } from './support/people.ts'

const listAdmins = (people: PeopleFixture) => people.sql(`select email from users where role = 'admin' order by email`)
const logIn = (people: PeopleFixture, credentials: { email: string; password: string }) =>
  createApi(people.url).post('/auth/login', credentials)

describe('with ADMIN_EMAIL and ADMIN_PASSWORD', () => {
  const named = { email: 'root@example.org', password: 'root of all things' }
  const env = { ADMIN_EMAIL: named.email, ADMIN_PASSWORD: named.password }
  const people = usePeople({ env, replicas: 0 })

  test('the first start creates this administrator once, however many replicas start, and prints nothing', async () => {
    await Promise.all([people.startReplica(), people.startReplica(), people.startReplica()])
    await people.startReplica()
    expect(await listAdmins(people)).toEqual([{ email: named.email }])
    const answer = await logIn(people, named)
    expect(answer.status).toBe(200)
    const me = await createApi(people.url, answer.body.access_token).get('/auth/me')
    expect(me.body.role).toBe('admin')
    expect(people.printed).toEqual([])
  })

  test('a later start changes neither the password nor the owner of the address', async () => {
    const holder = await register(people)
    await people.startReplica({ ADMIN_PASSWORD: 'another password' })
    await people.startReplica({ ADMIN_EMAIL: holder.email, ADMIN_PASSWORD: 'another password' })
    expect((await logIn(people, named)).status).toBe(200)
    expect((await logIn(people, holder)).status).toBe(200)
    expect(await listAdmins(people)).toEqual([{ email: named.email }])
  })
})

describe('without them', () => {
  const people = usePeople({ env: { NODE_ENV: 'development' }, replicas: 0 })

  test('a development system gets one with a random password, printed once', async () => {
    await Promise.all([people.startReplica(), people.startReplica()])
    await people.startReplica()
    expect(await listAdmins(people)).toEqual([{ email: 'admin@belay.local' }])
    expect(people.printed).toHaveLength(1)
    const password = /admin@belay\.local .*password (\S+)/.exec(people.printed[0] ?? '')?.[1] ?? ''
    expect((await logIn(people, { email: 'admin@belay.local', password })).status).toBe(200)
  })
})

describe('in production without them', () => {
  const people = usePeople({ env: { NODE_ENV: 'production' } })

  test('there is no administrator', async () => {
    expect(await listAdmins(people)).toEqual([])
    expect(people.printed).toEqual([])
  })
})
