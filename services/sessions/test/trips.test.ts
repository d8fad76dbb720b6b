import { registerUser, useSharedSystem } from '@belay/testing'
import { expect, test } from 'vitest'
import { makeTrip, pathOf, unknownId } from './support/plans.ts'

const system = useSharedSystem()
const railay = {
  destination: { slug: 'railay', name: 'Railay, Krabi' },
  start_date: '2099-03-15',
  end_date: '2099-03-28'
}

test('a trip comes back as it was planned, to its owner', async () => {
  const alex = await registerUser(system)
  const created = await alex.api.post('/api/trips/', railay)

  expect(created.status).toBe(201)
  expect(created.body).toEqual({ id: expect.any(String), ...railay })
  const found = await alex.api.get(`/api/trips/${created.body.id}/`)
  expect([found.status, found.body]).toEqual([200, created.body])
})

test("another person's trip and an unknown id are not found", async () => {
  const [alex, sarah] = await Promise.all([registerUser(system), registerUser(system)])
  const tripId = await makeTrip(alex.api)

  for (const path of [`/api/trips/${tripId}/`, `/api/trips/${unknownId}/`, '/api/trips/nonsense/']) {
    const answer = await sarah.api.get(path)
    expect([path, answer.status, answer.body.detail]).toEqual([path, 404, 'Trip not found'])
  }
})

test('trips are listed only to their owner, the latest first, in pages', async () => {
  const [alex, sarah] = await Promise.all([registerUser(system), registerUser(system)])
  const early = await makeTrip(alex.api, { from: '2099-01-01', to: '2099-01-02' })
  const late = await makeTrip(alex.api, { from: '2099-06-01', to: '2099-06-02' })

  const first = await alex.api.get('/api/trips/?page_size=1')
  expect(first.body).toMatchObject({ count: 2, previous: null, results: [{ id: late }] })
  expect(first.body.next).toMatch(/^http.*\/api\/trips\/\?/)
  const second = await alex.api.get(pathOf(first.body.next))
  expect(second.body).toMatchObject({ count: 2, next: null, results: [{ id: early }] })
  expect((await sarah.api.get('/api/trips')).body).toEqual({ count: 0, next: null, previous: null, results: [] })
})

test('a destination may be a slug alone: its name is the one it had before, or made of the slug', async () => {
  const [alex, sarah] = await Promise.all([registerUser(system), registerUser(system)])
  const plan = (by: typeof alex, destination: unknown) => by.api.post('/api/trips/', { ...railay, destination })

  const made = await plan(alex, ' red-river-gorge ')
  expect(made).toMatchObject({
    status: 201,
    body: { destination: { slug: 'red-river-gorge', name: 'Red River Gorge' } }
  })
  expect((await plan(alex, railay.destination)).status).toBe(201)
  expect(await plan(alex, 'railay')).toMatchObject({ body: { destination: railay.destination } })
  // What others called it is theirs.
  expect(await plan(sarah, 'railay')).toMatchObject({ body: { destination: { slug: 'railay', name: 'Railay' } } })
})

test.each([
  ['a day does not exist', { ...railay, start_date: '2099-02-30' }],
  ['the year is 0', { ...railay, start_date: '0000-01-01' }],
  ['the destination is missing', { start_date: railay.start_date, end_date: railay.end_date }],
  ['the slug is blank', { ...railay, destination: ' ' }],
  ['the slug is a number', { ...railay, destination: 5 }],
  ['the name is blank', { ...railay, destination: { slug: 'railay', name: '  ' } }],
  ['the name holds a NUL', { ...railay, destination: { slug: 'railay', name: 'Rai\u0000lay' } }],
  ['a date is a number', { ...railay, start_date: 20990315 }]
])('a trip is refused when %s', async (_why, body) => {
  const alex = await registerUser(system)
  const answer = await alex.api.post('/api/trips/', body)
  expect(answer.status).toBe(400)
  expect(answer.body).toMatchObject({ status: 400, detail: expect.any(String), code: expect.any(String) })
})

test('a trip that ends before it starts is refused', async () => {
  const alex = await registerUser(system)
  const answer = await alex.api.post('/api/trips/', { ...railay, end_date: '2099-03-14' })
  expect([answer.status, answer.body.code]).toEqual([400, 'TRIP_ENDS_BEFORE_START'])
})

test('a trip of a single day is a trip', async () => {
  const alex = await registerUser(system)
  expect((await alex.api.post('/api/trips/', { ...railay, end_date: railay.start_date })).status).toBe(201)
})
