import { collectEvents, createApi, eventually } from '@belay/testing'
import { expect, test } from 'vitest'
import { register, usePeople } from './support/people.ts'

const people = usePeople({ ownPostgres: true })
const api = () => createApi(people.url)

async function timed<T>(work: Promise<T>) {
  const start = performance.now()
  return { answer: await work, tookMs: performance.now() - start }
}

test('without NATS people sign in, and a registration is confirmed by the same call once NATS is back', async () => {
  const ada = await register(people)
  const account = { email: 'max@example.org', password: 'correct horse', display_name: 'Max' }
  await people.nats.kill()
  await eventually(async () => expect((await api().get('/readyz')).status).toBe(503))

  expect((await api().post('/auth/login', ada)).status).toBe(200)
  const { answer, tookMs } = await timed(api().post('/auth/register', account))
  expect([answer.status, answer.body.code]).toEqual([503, 'NOT_YET_EFFECTIVE'])
  expect(tookMs).toBeLessThan(2_000)
  await people.nats.restart()

  await eventually(async () => expect((await api().post('/auth/register', account)).status).toBe(201), {
    withinMs: 15_000
  })
  await eventually(async () => {
    const events = await collectEvents(people, 'belay.evt.people.user.registered.v1')
    expect(events.filter(({ data }) => data.display_name === 'Max')).toHaveLength(1)
  })
})

test('without Postgres calls respond with 503 within 2 s, keys are still published, and the service recovers by itself', async () => {
  const ada = await register(people)
  await people.postgres.kill()
  const calls = [
    api().post('/auth/login', ada),
    api().post('/auth/register', { ...ada, email: 'new@example.org', display_name: 'New' }),
    api().post('/api/auth/refresh/', undefined, { cookie: ada.cookie }),
    ada.api.get('/auth/me'),
    ada.api.patch('/api/users/me/', { bio: 'x' })
  ]
  for (const call of calls) {
    const { answer, tookMs } = await timed(call)
    expect(answer.status).toBe(503)
    expect(answer.headers['retry-after']).toEqual(expect.any(String))
    expect(tookMs).toBeLessThan(2_000)
  }
  expect((await api().get('/.well-known/jwks.json')).body.keys).toHaveLength(1)
  await people.postgres.restart()
  await eventually(async () => expect((await ada.api.get('/auth/me')).status).toBe(200), { withinMs: 10_000 })
  expect((await api().post('/api/auth/refresh/', undefined, { cookie: ada.cookie })).status).toBe(200)
})
