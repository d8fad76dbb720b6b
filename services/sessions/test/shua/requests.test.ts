import { collectEvents, createApi, eventually, registerUser, useSharedSystem } from '@belay/testing'
import { describe, expect, test } from 'vitest'
import {
  act,
  ask,
  bookedBy,
  expectStatus,
  hostEvent,
  pagesOf,
  placesTaken,
  registerMany,
  requestOf,
  statusOf
} from '../support/gatherings.ts'
import { unknownId } from '../support/plans.ts'

const system = useSharedSystem()

const published = async (requestId: string) => {
  const events = await collectEvents(system, 'belay.evt.sessions.request.>')
  return events
    .filter((event) => event.subject === requestId)
    .map(({ type, data }) => ({ verb: type.split('.')[3], ...data }))
}

describe('asking', () => {
  test('submits a request, even with auto_accept in the body', async () => {
    const event = await hostEvent(system)
    const guest = await registerUser(system, { display_name: 'John Doe' })
    const answer = await ask(guest, event, { auto_accept: true })
    expect(answer.status).toBe(201)
    const { id } = answer.body
    expect(answer.body).toEqual({
      id,
      request_id: id,
      event_id: event.id,
      status: 'SUBMITTED',
      guest_id: guest.id,
      guest_name: 'John Doe',
      host_id: event.host.id,
      host_name: event.host.display_name,
      booking_id: null,
      thread_id: null,
      created_at: expect.stringMatching(/Z$/)
    })
    for (const reader of [guest, event.host]) expect((await reader.api.get('/requests')).body).toEqual([answer.body])
    expect(await placesTaken(event)).toBe(1)
  })

  test('is enough where the event accepts automatically', async () => {
    const event = await hostEvent(system, { auto_accept: true, capacity: 2 })
    const [guest, late] = [await registerUser(system), await registerUser(system)]
    const answer = await ask(guest, event, { auto_accept: false })
    expect(answer.body).toMatchObject({
      status: 'ACCEPTED',
      booking_id: expect.any(String),
      thread_id: expect.any(String)
    })
    expect(await placesTaken(event)).toBe(2)
    const full = await ask(late, event)
    expect([full.status, full.body.detail]).toEqual([400, 'Event is full'])
    await eventually(async () => {
      expect(await published(answer.body.id)).toMatchObject([
        { verb: 'submitted', version: 1 },
        { verb: 'accepted', version: 2, automatic: true, booking_id: answer.body.booking_id }
      ])
    })
  })

  test('names the first broken rule', async () => {
    const event = await hostEvent(system)
    const guest = await registerUser(system)
    const refusal = async (by: typeof guest, overrides: Record<string, unknown>) => {
      const { status, body } = await ask(by, event, overrides)
      return [status, body.detail]
    }
    expect(await refusal(guest, { event_id: unknownId })).toEqual([404, 'Event not found'])
    expect(await refusal(guest, { host_id: guest.id })).toEqual([400, 'host_id is not the host of this event'])
    expect(await refusal(event.host, {})).toEqual([400, 'You cannot request to join your own event'])
    await requestOf(guest, event)
    expect(await refusal(guest, {})).toEqual([400, 'You already have a request for this event'])
  })

  test.each([
    { event_id: 'x' },
    { event_id: undefined },
    { host_id: undefined },
    { host_id: 5 },
    { auto_accept: 'yes' }
  ])('refuses %j with 422', async (overrides) => {
    const event = await hostEvent(system)
    const answer = await ask(await registerUser(system), event, overrides)
    expect([answer.status, answer.body.code]).toEqual([422, 'VALIDATION_ERROR'])
    expect(answer.body.errors[0].field).toBe(Object.keys(overrides)[0])
  })

  test('needs an account', async () => {
    const event = await hostEvent(system)
    const stranger = createApi(system.url)
    expect((await stranger.post('/requests', { event_id: event.id, host_id: event.host.id })).status).toBe(401)
    expect((await stranger.get('/requests')).status).toBe(401)
  })

  test('twice at the same instant makes one request', async () => {
    const event = await hostEvent(system)
    const guest = await registerUser(system)
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(guest, event)))
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1)
    const refused = answers.filter((answer) => answer.body.detail === 'You already have a request for this event')
    expect(refused).toHaveLength(9)
  })

  test('twice with one Idempotency-Key returns the same response twice', async () => {
    const event = await hostEvent(system)
    const guest = await registerUser(system)
    const body = { event_id: event.id, host_id: event.host.id }
    const send = () => guest.api.post('/requests', body, { 'idempotency-key': 'ask-once' })
    const [first, second] = [await send(), await send()]
    expect([second.status, second.headers['idempotency-replayed'], second.body]).toEqual([201, 'true', first.body])
  })
})

describe('the answer of the host', () => {
  test('accepts: a booking, and the one thread of the event', async () => {
    const event = await hostEvent(system)
    const guests = [await registerUser(system), await registerUser(system)]
    const threads: string[] = []
    for (const guest of guests) {
      const id = await requestOf(guest, event)
      const body = expectStatus(await act(event.host, id, 'accept'), 200)
      expect(body).toEqual({
        request_id: id,
        status: 'ACCEPTED',
        booking_id: expect.any(String),
        thread_id: expect.any(String)
      })
      threads.push(body.thread_id)
      const [mine] = expectStatus(await guest.api.get('/requests'), 200)
      expect(mine).toMatchObject({ id, ...body })
      await eventually(async () => {
        const accepted = { verb: 'accepted', version: 2, automatic: false, booking_id: body.booking_id }
        expect(await published(id)).toMatchObject([{ verb: 'submitted', version: 1 }, accepted])
      })
    }
    expect(new Set(threads).size).toBe(1)
    expect(await placesTaken(event)).toBe(3)
  })

  test('declines, after which the guest may ask again', async () => {
    const event = await hostEvent(system)
    const guest = await registerUser(system)
    const id = await requestOf(guest, event)
    expect((await act(event.host, id, 'decline')).body).toEqual({ request_id: id, status: 'DECLINED' })
    expect(await statusOf(guest, id)).toBe('DECLINED')
    await eventually(async () =>
      expect((await published(id)).map(({ verb }) => verb)).toEqual(['submitted', 'declined'])
    )
    expect((await ask(guest, event)).status).toBe(201)
  })

  test('is given once', async () => {
    const event = await hostEvent(system)
    const guests = await registerMany(system, 3)
    const ends = {
      accepted: (_by: unknown, id: string) => act(event.host, id, 'accept'),
      declined: (_by: unknown, id: string) => act(event.host, id, 'decline'),
      withdrawn: (by: (typeof guests)[number], id: string) => by.api.delete(`/requests/${id}`)
    }
    for (const [index, [status, end]] of Object.entries(ends).entries()) {
      const guest = guests[index]
      if (!guest) throw new Error('a guest is missing')
      const id = await requestOf(guest, event)
      await end(guest, id)
      for (const action of ['accept', 'decline']) {
        const again = await act(event.host, id, action)
        expect([again.status, again.body.detail]).toEqual([400, `Request is already ${status}`])
      }
    }
  })

  test('is the host’s alone', async () => {
    const event = await hostEvent(system)
    const [guest, stranger] = [await registerUser(system), await registerUser(system)]
    const id = await requestOf(guest, event)
    for (const other of [guest, stranger]) {
      for (const action of ['accept', 'decline']) {
        const answer = await act(other, id, action)
        expect([answer.status, answer.body.detail]).toEqual([403, 'Only the host can act on this request'])
      }
    }
    for (const unknown of [unknownId, 'nonsense']) {
      const answer = await act(event.host, unknown, 'accept')
      expect([answer.status, answer.body.detail]).toEqual([404, 'Request not found'])
    }
    expect((await act(event.host, id, 'ignore')).status).toBe(422)
    expect(await statusOf(guest, id)).toBe('SUBMITTED')
  })

  test('stops at the last place', async () => {
    const event = await hostEvent(system, { capacity: 2 })
    const [one, two] = [await registerUser(system), await registerUser(system)]
    const waiting = await requestOf(two, event)
    const booked = await bookedBy(one, event)
    const full = await act(event.host, waiting, 'accept')
    expect([full.status, full.body.detail]).toEqual([400, 'Event is full'])
    expectStatus(await one.api.delete(`/requests/${booked}`), 204)
    expect((await act(event.host, waiting, 'accept')).status).toBe(200)
    expect(await placesTaken(event)).toBe(2)
  })
})

test('of 50 accepts at once for 10 places exactly 10 succeed', async () => {
  const event = await hostEvent(system, { capacity: 11 })
  const guests = await registerMany(system, 50)
  const ids = await Promise.all(guests.map((guest) => requestOf(guest, event)))
  const answers = await Promise.all(ids.map((id) => act(event.host, id, 'accept')))

  const accepted = answers.filter((answer) => answer.status === 200)
  expect(accepted).toHaveLength(10)
  expect(new Set(accepted.map((answer) => answer.body.thread_id)).size).toBe(1)
  expect(new Set(accepted.map((answer) => answer.body.booking_id)).size).toBe(10)
  const refused = answers.filter((answer) => answer.status === 400 && answer.body.detail === 'Event is full')
  expect(refused).toHaveLength(40)
  expect(await placesTaken(event)).toBe(11)
  const confirmed = await system.sql(
    "select count(*)::int as count from sessions.bookings where event_id = $1 and status = 'CONFIRMED'",
    [event.id]
  )
  expect(confirmed).toEqual([{ count: 10 }])
}, 90_000)

test('of accept, decline and withdrawing at the same instant the outcome is that of some order', async () => {
  const event = await hostEvent(system, { capacity: 50 })
  const guest = await registerUser(system)
  for (let round = 0; round < 10; round++) {
    const id = await requestOf(guest, event)
    const answers = await Promise.all([
      act(event.host, id, 'accept'),
      act(event.host, id, 'decline'),
      guest.api.delete(`/requests/${id}`)
    ])
    const won = ['accept', 'decline', 'withdraw'].filter((_, index) => (answers[index]?.status ?? 500) < 300)
    expect(answers.every((answer) => [200, 204, 400].includes(answer.status))).toBe(true)
    expect(['accept', 'decline', 'withdraw', 'accept,withdraw']).toContain(won.join())
    const status = { accept: 'ACCEPTED', decline: 'DECLINED', withdraw: 'WITHDRAWN' }[won.at(-1) ?? '']
    expect(await statusOf(guest, id)).toBe(status)
    expect(await placesTaken(event)).toBe(status === 'ACCEPTED' ? 2 : 1)
    if (status === 'ACCEPTED') expectStatus(await guest.api.delete(`/requests/${id}`), 204)
  }
})

describe('withdrawing', () => {
  test('takes a request back, once', async () => {
    const event = await hostEvent(system)
    const guest = await registerUser(system)
    const id = await requestOf(guest, event)
    const answer = await guest.api.delete(`/requests/${id}/`)
    expect([answer.status, answer.body]).toEqual([204, undefined])
    const again = await guest.api.delete(`/requests/${id}`)
    expect([again.status, again.body.detail]).toEqual([400, 'Request is already withdrawn'])
    await eventually(async () => {
      expect((await published(id)).at(-1)).toMatchObject({ verb: 'withdrawn', version: 2, booking_id: null })
    })
    expect((await ask(guest, event)).status).toBe(201)
  })

  test('gives a place back', async () => {
    const event = await hostEvent(system)
    const guest = await registerUser(system)
    const id = await bookedBy(guest, event)
    expect(await placesTaken(event)).toBe(2)
    expectStatus(await guest.api.delete(`/requests/${id}`), 204)
    expect(await placesTaken(event)).toBe(1)
    const [mine] = expectStatus(await guest.api.get('/requests'), 200)
    expect(mine).toMatchObject({ id, status: 'WITHDRAWN', booking_id: null, thread_id: null })
    await eventually(async () => {
      expect((await published(id)).at(-1)).toMatchObject({
        verb: 'withdrawn',
        version: 3,
        booking_id: expect.any(String)
      })
    })
  })

  test('is the guest’s alone', async () => {
    const event = await hostEvent(system)
    const [guest, stranger] = [await registerUser(system), await registerUser(system)]
    const id = await requestOf(guest, event)
    for (const other of [event.host, stranger]) {
      const answer = await other.api.delete(`/requests/${id}`)
      expect([answer.status, answer.body.detail]).toEqual([403, 'Only the guest can withdraw this request'])
    }
    for (const unknown of [unknownId, 'nonsense']) {
      const answer = await guest.api.delete(`/requests/${unknown}`)
      expect([answer.status, answer.body.detail]).toEqual([404, 'Request not found'])
    }
  })
})

test('requests are listed page by page, the newest first, on both sides', async () => {
  const event = await hostEvent(system)
  const other = await hostEvent(system)
  const guest = await registerUser(system)
  const first = await requestOf(guest, event)
  const second = await requestOf(event.host, other)
  const third = await requestOf(guest, other)
  const ids = async (by: typeof guest, query = '') =>
    expectStatus(await by.api.get(`/requests${query}`), 200).map((request: { id: string }) => request.id)
  expect(await ids(event.host)).toEqual([second, first])
  expect(await ids(other.host)).toEqual([third, second])
  expect(await ids(guest, '?limit=1')).toEqual([third])
  expect((await pagesOf(guest.api, '/requests?limit=1')).flat()).toEqual([third, first])
  expect((await pagesOf(guest.api, '/requests/all?limit=1')).flat()).toEqual([third, first])
  expect((await guest.api.get('/requests?limit=101')).status).toBe(422)
})
