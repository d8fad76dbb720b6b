import { type Answer, collectEvents, createApi, eventually, logIn, registerUser, useSharedSystem } from '@belay/testing'
import { describe, expect, test } from 'vitest'
import {
  act,
  ask,
  bookedBy,
  eventBody,
  expectStatus,
  hostEvent,
  idsOf,
  nextOf,
  pagesOf,
  placesTaken
} from '../support/gatherings.ts'
import { unknownId } from '../support/plans.ts'

const system = useSharedSystem()

/** A cursor of another list. */
const elsewhere = Buffer.from(JSON.stringify(['tags', 'x', unknownId])).toString('base64url')

const published = async (eventId: string) => {
  const events = await collectEvents(system, 'belay.evt.sessions.event.>')
  return events.filter((event) => event.subject === eventId)
}

describe('hosting', () => {
  test('returns the event, and publishes it', async () => {
    const host = await registerUser(system, { display_name: 'Jane Smith' })
    const tag = expectStatus(await host.api.post('/tags', { name: `Beginner ${host.id}`, color: '#10b981' }), 201)
    const answer = await host.api.post('/events', eventBody({ tag_ids: [tag.id] }))
    expect(answer.status).toBe(201)
    expect(answer.body).toEqual({
      id: expect.any(String),
      ...eventBody(),
      booked: 1,
      auto_accept: false,
      status: 'scheduled',
      created_by: host.id,
      creator_name: 'Jane Smith',
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      tags: [{ id: tag.id, name: tag.name, color: '#10b981', description: null }]
    })
    expect((await createApi(system.url).get(`/events/${answer.body.id}`)).body).toEqual(answer.body)
    await eventually(async () => {
      const [created] = await published(answer.body.id)
      expect(created?.data).toMatchObject({ host_id: host.id, title: 'Morning Tennis Match', version: 1 })
    })
  })

  test('takes a title and a time alone', async () => {
    const host = await registerUser(system)
    const body = { title: '  Walk  ', starts_at: '2099-06-01T11:00:00+02:00' }
    expect(expectStatus(await host.api.post('/events/', body), 201)).toMatchObject({
      title: 'Walk',
      starts_at: '2099-06-01T09:00:00.000Z',
      capacity: 10,
      description: null,
      location: null,
      auto_accept: false,
      tags: []
    })
  })

  test.each([
    ['no title', { title: undefined }],
    ['a blank title', { title: '  ' }],
    ['a title of 201 characters', { title: 'x'.repeat(201) }],
    ['a NUL', { title: 'a\u0000b' }],
    ['no time', { starts_at: undefined }],
    ['a time that is none', { starts_at: 'tomorrow' }],
    ['a leap second', { starts_at: '2099-06-30T23:59:60Z' }],
    ['a place only for the host', { capacity: 1 }],
    ['too many places', { capacity: 1001 }],
    ['places in words', { capacity: '4' }],
    ['a tag id that is none', { tag_ids: ['nonsense'] }]
  ])('refuses %s with 422', async (_what, overrides) => {
    const host = await registerUser(system)
    const answer = await host.api.post('/events', eventBody(overrides))
    expect(answer.status).toBe(422)
    expect(answer.headers['content-type']).toMatch('application/problem+json')
    expect(answer.body).toMatchObject({ code: 'VALIDATION_ERROR', status: 422, detail: expect.any(String) })
    expect(answer.body.errors[0]).toEqual({ field: expect.any(String), message: expect.any(String) })
  })

  test('needs a future, tags that exist and an account', async () => {
    const host = await registerUser(system)
    const past = await host.api.post('/events', eventBody({ starts_at: '2020-01-01T00:00:00Z' }))
    expect([past.status, past.body.detail]).toEqual([400, 'Event must start in the future'])
    const untagged = await host.api.post('/events', eventBody({ tag_ids: [unknownId] }))
    expect([untagged.status, untagged.body.detail]).toEqual([404, 'Tag not found'])
    expect((await createApi(system.url).post('/events', eventBody())).status).toBe(401)
  })
})

describe('the list', () => {
  test('is public, filtered and paged, the soonest first', async () => {
    const { host, id: later } = await hostEvent(system, { starts_at: '2098-02-02T00:00:00Z', activity_type: 'Bowls' })
    const tag = expectStatus(await host.api.post('/tags', { name: `Slow ${host.id}` }), 201)
    const post = async (overrides: Record<string, unknown>) =>
      expectStatus(await host.api.post('/events', eventBody({ activity_type: 'bowls', ...overrides })), 201).id
    const sooner = await post({ starts_at: '2098-01-01T00:00:00Z', tag_ids: [tag.id] })
    const latest = await post({ starts_at: '2098-03-03T00:00:00Z' })
    const ids = async (query: string) =>
      expectStatus(await createApi(system.url).get(`/events?${query}`), 200).map((event: { id: string }) => event.id)

    expect(await ids('activity=bowls')).toEqual([sooner, later, latest])
    expect(await ids('activity=BOWLS&from=2098-02-01T00:00:00Z')).toEqual([later, latest])
    expect(await ids('activity=bowls&limit=1')).toEqual([sooner])
    expect(await ids(`tag=${tag.id}`)).toEqual([sooner])
    expect(await ids(`tag=${encodeURIComponent(tag.name.toUpperCase())}`)).toEqual([sooner])
    expect(await ids('tag=nothing+like+it')).toEqual([])
    await host.api.delete(`/events/${later}`)
    expect(await ids('activity=bowls')).toEqual([sooner, latest])
    const mine = expectStatus(await host.api.get('/events/my'), 200)
    expect(mine.map((event: { id: string; status: string }) => [event.id, event.status])).toEqual([
      [latest, 'scheduled'],
      [later, 'cancelled'],
      [sooner, 'scheduled']
    ])
    expect(await pagesOf(host.api, '/events/my?limit=2')).toEqual([[latest, later], [sooner]])
    const stranger = await registerUser(system)
    expect((await stranger.api.get('/events/my')).body).toEqual([])
  })

  test('continues at its place when an event is postponed between two pages', async () => {
    const { host, id: first } = await hostEvent(system, { starts_at: '2098-01-01T00:00:00Z', activity_type: 'Golf' })
    const post = async (day: string) =>
      expectStatus(await host.api.post('/events', eventBody({ activity_type: 'golf', starts_at: day })), 201).id
    const [second, third] = [await post('2098-01-02T00:00:00Z'), await post('2098-01-03T00:00:00Z')]
    const fourth = await post('2098-01-04T00:00:00Z')
    for (const [path, order] of [
      ['/events?activity=golf&limit=2', [first, second, third, fourth]],
      ['/events/my?limit=2', [fourth, third, second, first]]
    ] as const) {
      const page = await host.api.get(path)
      expect(idsOf(page)).toEqual(order.slice(0, 2))
      const moved = order[1]
      const restore = (await host.api.get(`/events/${moved}`)).body.starts_at
      await host.api.put(`/events/${moved}`, { starts_at: '2099-12-31T00:00:00Z' })
      expect(idsOf(await host.api.get(nextOf(page) ?? '/'))).toEqual(order.slice(2))
      await host.api.put(`/events/${moved}`, { starts_at: restore })
    }
  })

  test.each([
    'limit=0',
    'limit=101',
    'limit=x',
    'cursor=x',
    `cursor=${unknownId}`,
    `cursor=${elsewhere}`,
    'cursor=',
    'from=x',
    'tag=%00',
    'tag_filter=%00',
    'activity=a%00'
  ])('refuses %s with 422', async (query) => {
    expect((await createApi(system.url).get(`/events?${query}`)).status).toBe(422)
  })

  test('is found by any part of a tag, in any case, taken literally', async () => {
    const host = await registerUser(system)
    const word = host.id.slice(-12)
    const tagged = async (name: string) => {
      const tag = expectStatus(await host.api.post('/tags', { name }), 201)
      return expectStatus(await host.api.post('/events', eventBody({ tag_ids: [tag.id] })), 201).id
    }
    const climbing = await tagged(`Rock ${word} Climbing`)
    const percent = await tagged(`100%_${word}`)
    const filtered = async (part: string) => {
      const answer = await createApi(system.url).get(`/events?tag_filter=${encodeURIComponent(part)}`)
      return expectStatus(answer, 200).map((event: { id: string }) => event.id)
    }
    expect(await filtered(word.toUpperCase())).toEqual([climbing, percent])
    expect(await filtered(`ock ${word} CLIM`)).toEqual([climbing])
    expect(await filtered(`%_${word}`)).toEqual([percent])
    expect(await filtered(`_ock ${word}`)).toEqual([])
    expect(await filtered(`%${word} Climbing`)).toEqual([])
    expect(await filtered('')).toEqual(expect.arrayContaining([climbing, percent]))
  })

  test('of the caller’s events needs a token; an invalid one is never ignored', async () => {
    expect((await createApi(system.url).get('/events/my')).status).toBe(401)
    expect((await createApi(system.url, 'nonsense').get('/events')).status).toBe(401)
  })
})

describe('a change', () => {
  test('changes the fields that are sent and no others', async () => {
    const event = await hostEvent(system, { auto_accept: true })
    const tag = expectStatus(await event.host.api.post('/tags', { name: `Slow ${event.host.id}` }), 201)
    const put = async (body: unknown) => expectStatus(await event.host.api.put(`/events/${event.id}`, body), 200)
    const tagged = await put({ tag_ids: [tag.id] })
    expect(tagged).toMatchObject({ ...eventBody(), auto_accept: true, tags: [{ id: tag.id }] })

    expect(await put({ title: 'Evening' })).toEqual({ ...tagged, title: 'Evening' })
    expect(await put({ starts_at: '2099-06-02T18:00:00Z', location: null })).toEqual({
      ...tagged,
      title: 'Evening',
      starts_at: '2099-06-02T18:00:00.000Z',
      location: null
    })
    expect(await put({ auto_accept: false, capacity: 5, tag_ids: [] })).toMatchObject({
      title: 'Evening',
      description: tagged.description,
      auto_accept: false,
      capacity: 5,
      tags: []
    })
    await eventually(async () => {
      const versions = (await published(event.id)).map(({ data }) => data.version)
      expect(versions).toEqual([1, 2, 3, 4, 5])
    })
  })

  test('of nothing, or of fields that the host does not set, changes and publishes nothing', async () => {
    const event = await hostEvent(system)
    const before = expectStatus(await event.host.api.get(`/events/${event.id}`), 200)
    for (const body of [{}, { id: unknownId, host_id: unknownId, booked: 3, status: 'cancelled', version: 9 }]) {
      expect(expectStatus(await event.host.api.put(`/events/${event.id}`, body), 200)).toEqual(before)
    }
    const [row] = await system.sql('select version from sessions.events where id = $1', [event.id])
    expect(row).toEqual({ version: 1 })
  })

  test('keeps all booked places', async () => {
    const event = await hostEvent(system)
    const [one, two] = [await registerUser(system), await registerUser(system)]
    await bookedBy(one, event)
    await bookedBy(two, event)
    const narrow = await event.host.api.put(`/events/${event.id}`, eventBody({ capacity: 2 }))
    expect([narrow.status, narrow.body.code]).toEqual([400, 'CAPACITY_BELOW_BOOKED'])
    const exact = await event.host.api.put(`/events/${event.id}`, eventBody({ capacity: 3 }))
    expect([exact.status, exact.body.capacity, exact.body.booked]).toEqual([200, 3, 3])
  })

  test.each(['put', 'delete'] as const)('by %s is for the host of a coming event', async (verb) => {
    const event = await hostEvent(system)
    const stranger = await registerUser(system)
    const aim = verb === 'put' ? 'change' : 'cancel'
    const call = (by: typeof stranger, id: string) =>
      by.api[verb](`/events/${id}`, verb === 'put' ? eventBody() : undefined)

    const foreign = await call(stranger, event.id)
    expect([foreign.status, foreign.body.detail]).toEqual([403, `Only the host can ${aim} this event`])
    for (const id of [unknownId, 'nonsense']) {
      const unknown = await call(event.host, id)
      expect([unknown.status, unknown.body.detail]).toEqual([404, 'Event not found'])
    }
    await system.sql("update sessions.events set starts_at = now() - interval '1 minute' where id = $1", [event.id])
    const over = await call(event.host, event.id)
    expect([over.status, over.body.detail]).toEqual([400, 'Event has already started'])
    const asked = await ask(stranger, event)
    expect([asked.status, asked.body.detail]).toEqual([400, 'Event has already started'])
  })
})

test('a cancelled event ends bookings and requests, notifies guests, and stays readable', async () => {
  const event = await hostEvent(system)
  const [booked, waiting, gone] = [await registerUser(system), await registerUser(system), await registerUser(system)]
  const booking = await bookedBy(booked, event)
  const request = expectStatus(await ask(waiting, event), 201).id
  const left = expectStatus(await ask(gone, event), 201).id
  expectStatus(await gone.api.delete(`/requests/${left}`), 204)

  const answer = await event.host.api.delete(`/events/${event.id}`)
  expect([answer.status, answer.body]).toEqual([204, undefined])
  expect((await createApi(system.url).get(`/events/${event.id}`)).body).toMatchObject({
    status: 'cancelled',
    booked: 1
  })
  const declined = await act(event.host, request, 'accept')
  expect([declined.status, declined.body.detail]).toEqual([400, 'Request is already declined'])
  const late = await ask(gone, event)
  expect([late.status, late.body.detail]).toEqual([400, 'Event is cancelled'])
  const again = await event.host.api.delete(`/events/${event.id}`)
  expect([again.status, again.body.detail]).toEqual([400, 'Event is cancelled'])
  const change = await event.host.api.put(`/events/${event.id}`, eventBody())
  expect([change.status, change.body.detail]).toEqual([400, 'Event is cancelled'])
  await eventually(async () => {
    const cancelled = (await published(event.id)).filter((one) => one.type.endsWith('event.cancelled.v1'))
    expect(cancelled.map(({ data }) => data)).toMatchObject([
      { guest_ids: [booked.id, waiting.id], cause: 'host', version: 2 }
    ])
  })
  expect((await booked.api.delete(`/requests/${booking}`)).status).toBe(204)
  expect(await placesTaken(event)).toBe(1)
})

test('tags have one name each, and a list by name', async () => {
  const user = await registerUser(system)
  const name = (prefix: string) => `${prefix} ${user.id}`
  const post = (body: unknown) => user.api.post('/tags', body)
  const second = expectStatus(await post({ name: name('b'), description: 'Suitable for beginners' }), 201)
  const first = expectStatus(await post({ name: name('A') }), 201)
  expect(first).toEqual({ id: expect.any(String), name: name('A'), color: null, description: null })
  expect(await post({ name: name('a') })).toMatchObject({ status: 409, body: { code: 'TAG_EXISTS' } })
  for (const bad of [{}, { name: ' ' }, { name: 'x'.repeat(51) }, { name: 'x', color: 'green' }]) {
    expect((await post(bad)).status).toBe(422)
  }
  const names = (await createApi(system.url).get('/tags')).body.map((tag: { name: string }) => tag.name)
  expect(names.filter((one: string) => one.includes(user.id))).toEqual([first.name, second.name])
  const pages = await pagesOf(createApi(system.url), '/tags?limit=1')
  expect(pages.every((page) => page.length <= 1)).toBe(true)
  const order = pages.flat().filter((id) => [first.id, second.id].includes(id))
  expect(order).toEqual([first.id, second.id])
  expect((await createApi(system.url).post('/tags', { name: 'x' })).status).toBe(401)
})

test('a tag and a kind of activity are the same in every normal form', async () => {
  const host = await registerUser(system)
  const [composed, decomposed] = [`Ma\u00f1ana ${host.id}`, `Man\u0303ana ${host.id}`]
  const tag = expectStatus(await host.api.post('/tags', { name: decomposed }), 201)
  expect(tag.name).toBe(decomposed)
  expect((await host.api.post('/tags', { name: composed })).status).toBe(409)
  const event = expectStatus(
    await host.api.post('/events', eventBody({ tag_ids: [tag.id], activity_type: decomposed })),
    201
  )
  for (const filter of ['tag', 'tag_filter', 'activity']) {
    const found = await createApi(system.url).get(`/events?${filter}=${encodeURIComponent(composed.toUpperCase())}`)
    expect(found.body).toMatchObject([{ id: event.id }])
  }
})

describe('a tag of an event', () => {
  const tagOf = async (
    user: { api: { post: (path: string, body: unknown) => Promise<Answer> }; id: string },
    name = ''
  ) => expectStatus(await user.api.post('/tags', { name: `${name} ${user.id}` }), 201).id
  const tagsOf = async (id: string): Promise<string[]> =>
    expectStatus(await createApi(system.url).get(`/events/${id}`), 200).tags.map((tag: { id: string }) => tag.id)

  test('is put on beside the others and taken off by the host, each time as one change', async () => {
    const { host, id } = await hostEvent(system)
    const [one, two] = [await tagOf(host, 'a'), await tagOf(host, 'b')]
    const added = await host.api.post(`/events/${id}/tags`, { tag_id: one })
    expect([added.status, added.body]).toEqual([200, { message: expect.any(String) }])
    expectStatus(await host.api.post(`/events/${id}/tags/`, { tag_ids: [one, two] }), 200)
    expectStatus(await host.api.post(`/events/${id}/tags`, { tag_id: two }), 200)
    expect(await tagsOf(id)).toEqual([one, two])
    const removed = await host.api.delete(`/events/${id}/tags/${one}`)
    expect([removed.status, removed.body]).toEqual([200, { message: expect.any(String) }])
    expect(await tagsOf(id)).toEqual([two])
    await eventually(async () => expect((await published(id)).map(({ data }) => data.version)).toEqual([1, 2, 3, 4]))
    const again = await host.api.delete(`/events/${id}/tags/${one}`)
    expect([again.status, again.body.detail]).toEqual([404, 'Tag not found'])
  })

  test('is denied to others, when it does not exist, and beyond 20', async () => {
    const { host, id } = await hostEvent(system)
    const stranger = await registerUser(system)
    const tag = await tagOf(host)
    expect((await stranger.api.post(`/events/${id}/tags`, { tag_id: tag })).status).toBe(403)
    expect((await stranger.api.delete(`/events/${id}/tags/${tag}`)).status).toBe(403)
    const unknown = await host.api.post(`/events/${id}/tags`, { tag_id: unknownId })
    expect([unknown.status, unknown.body.detail]).toEqual([404, 'Tag not found'])
    for (const body of [{}, { tag_id: 'nonsense' }, { tag_ids: [] }]) {
      expect((await host.api.post(`/events/${id}/tags`, body)).status).toBe(422)
    }
    const twenty = await Promise.all(Array.from({ length: 20 }, (_, n) => tagOf(host, `${n}`)))
    expectStatus(await host.api.post(`/events/${id}/tags`, { tag_ids: twenty }), 200)
    expect((await host.api.post(`/events/${id}/tags`, { tag_id: tag })).status).toBe(422)
    expect(await tagsOf(id)).toHaveLength(20)
  })

  test('is there or gone, never half, when it is put on while it is deleted', async () => {
    const { host, id } = await hostEvent(system)
    const tags = await Promise.all(Array.from({ length: 8 }, (_, n) => tagOf(host, `${n}`)))
    const outcomes = await Promise.all(
      tags.flatMap((tag) => [
        host.api.post(`/events/${id}/tags`, { tag_id: tag }).then(({ status }) => [200, 404].includes(status)),
        host.api.delete(`/tags/${tag}`).then(({ status }) => status === 200)
      ])
    )
    expect(outcomes).toEqual(outcomes.map(() => true))
    expect(await tagsOf(id)).toEqual([])
  })

  test('goes with the tag, which its creator or an administrator deletes', async () => {
    const { host, id } = await hostEvent(system)
    const stranger = await registerUser(system)
    const [one, two] = [await tagOf(host, 'a'), await tagOf(host, 'b')]
    expectStatus(await host.api.post(`/events/${id}/tags`, { tag_ids: [one, two] }), 200)
    const foreign = await stranger.api.delete(`/tags/${one}`)
    expect([foreign.status, foreign.body.detail]).toEqual([403, 'Only the creator can delete this tag'])
    const deleted = await host.api.delete(`/tags/${one}`)
    expect([deleted.status, deleted.body]).toEqual([200, { message: expect.any(String) }])
    const admin = await logIn(system, system.admin)
    expectStatus(await admin.api.delete(`/tags/${two}/`), 200)
    expect(await tagsOf(id)).toEqual([])
    for (const tag of [one, unknownId, 'nonsense']) expect((await host.api.delete(`/tags/${tag}`)).status).toBe(404)
    expect((await host.api.post('/events', eventBody({ tag_ids: [one] }))).status).toBe(404)
  })
})
