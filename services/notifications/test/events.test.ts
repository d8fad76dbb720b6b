import { randomUUID } from 'node:crypto'
import { EventCancelled } from '@belay/contracts'
import {
  type Answer,
  collectEvents,
  eventually,
  registerUser,
  type TestUser,
  useSharedSystem,
  eventOf
} from '@belay/testing'
import { expect, test } from 'vitest'
import { connect } from './support/bus.ts'

const system = useSharedSystem()

/** A person's notifications about one event, oldest first. */
async function noticesOf(person: TestUser, eventId: string) {
  const { results } = (await person.api.get('/api/notifications/')).body
  return results.filter((one: { data: { event_id?: string } }) => one.data.event_id === eventId).toReversed()
}

const bodyOf = (answer: Answer, status: number) => {
  expect(answer).toMatchObject({ status })
  return answer.body
}

async function host(overrides: object = {}) {
  const [hostess, guest] = await Promise.all([
    registerUser(system, { display_name: 'Hanna' }),
    registerUser(system, { display_name: 'Gus' })
  ])
  const event = { title: 'Tennis', starts_at: '2099-06-01T09:00:00.000Z', ...overrides }
  const { id } = bodyOf(await hostess.api.post('/events', event), 201)
  return { hostess, guest, eventId: id }
}

const ask = async (guest: TestUser, hostess: TestUser, eventId: string) =>
  bodyOf(await guest.api.post('/requests', { event_id: eventId, host_id: hostess.id }), 201)

test('a request notifies the host and its acceptance the guest, each once', async () => {
  const { hostess, guest, eventId } = await host()
  const { id } = await ask(guest, hostess, eventId)
  const accepted = bodyOf(await hostess.api.post(`/requests/${id}/act`, { action: 'accept' }), 200)
  await eventually(async () => expect(await noticesOf(guest, eventId)).toHaveLength(1))
  expect(await noticesOf(guest, eventId)).toMatchObject([
    {
      type: 'event_request_accepted',
      message: 'Hanna accepted your request to join Tennis',
      action_url: `/threads/${accepted.thread_id}`,
      actor: { id: hostess.id, display_name: 'Hanna' },
      data: { request_id: id, event_id: eventId, thread_id: accepted.thread_id },
      is_read: false
    }
  ])
  expect(await noticesOf(hostess, eventId)).toMatchObject([
    {
      type: 'event_request_received',
      message: 'Gus asks to join Tennis',
      action_url: `/events/${eventId}`,
      actor: { id: guest.id }
    }
  ])
})

test('declining notifies the guest', async () => {
  const { hostess, guest, eventId } = await host()
  const { id } = await ask(guest, hostess, eventId)
  bodyOf(await hostess.api.post(`/requests/${id}/act`, { action: 'decline' }), 200)
  await eventually(async () =>
    expect(await noticesOf(guest, eventId)).toMatchObject([
      { type: 'event_request_declined', message: 'Hanna declined your request to join Tennis' }
    ])
  )
})

test('an automatic acceptance notifies the host of the guest, and not the guest', async () => {
  const { hostess, guest, eventId } = await host({ auto_accept: true })
  expect(await ask(guest, hostess, eventId)).toMatchObject({ status: 'ACCEPTED' })
  // The guest's next notification proves that none came before it.
  bodyOf(await hostess.api.delete(`/events/${eventId}`), 204)
  await eventually(async () => expect(await noticesOf(guest, eventId)).toHaveLength(1))
  expect(await noticesOf(guest, eventId)).toMatchObject([{ type: 'event_cancelled' }])
  expect(await noticesOf(hostess, eventId)).toMatchObject([{ type: 'event_request_received' }])
})

test('a cancelled event notifies everyone whose request was live, and not the host', async () => {
  const { hostess, guest, eventId } = await host()
  const [waiting, withdrawn] = await Promise.all([registerUser(system), registerUser(system)])
  const { id } = await ask(guest, hostess, eventId)
  await hostess.api.post(`/requests/${id}/act`, { action: 'accept' })
  await ask(waiting, hostess, eventId)
  const gone = await ask(withdrawn, hostess, eventId)
  bodyOf(await withdrawn.api.delete(`/requests/${gone.id}`), 204)

  bodyOf(await hostess.api.delete(`/events/${eventId}`), 204)

  const cancelled = { type: 'event_cancelled', title: 'Event cancelled', message: 'Hanna cancelled Tennis' }
  await eventually(async () => expect((await noticesOf(waiting, eventId)).at(-1)).toMatchObject(cancelled))
  expect((await noticesOf(guest, eventId)).at(-1)).toMatchObject({ ...cancelled, actor: { id: hostess.id } })
  expect(await noticesOf(withdrawn, eventId)).toEqual([])
  expect(new Set((await noticesOf(hostess, eventId)).map((one: { type: string }) => one.type))).toEqual(
    new Set(['event_request_received'])
  )
  const notificationId = (await noticesOf(guest, eventId)).at(-1).id
  await eventually(async () => {
    const created = await collectEvents(system, 'belay.evt.notifications.notification.created.v1')
    expect(created.filter((event) => event.data['notification_id'] === notificationId)).toHaveLength(1)
  })
})

test('guests, and those whose request is pending, are notified once of each change of time or place, and of no other', async () => {
  const { hostess, guest, eventId } = await host()
  const [waiting, blocked] = await Promise.all([registerUser(system), registerUser(system)])
  const { id } = await ask(guest, hostess, eventId)
  await hostess.api.post(`/requests/${id}/act`, { action: 'accept' })
  for (const person of [waiting, blocked]) await ask(person, hostess, eventId)
  await blocked.api.post(`/api/v1/users/${hostess.id}/block`)
  const put = async (change: object) => bodyOf(await hostess.api.put(`/events/${eventId}`, change), 200)

  await put({ title: 'Doubles', capacity: 6 })
  await put({ starts_at: '2099-06-02T10:30:00.000Z' })
  await put({ starts_at: '2099-06-02T10:30:00.000Z', title: 'Doubles', location: '' })
  await put({ location: 'Court 3', address: 'Main Street 1' })

  const moves = async (person: TestUser) =>
    (await noticesOf(person, eventId)).filter((one: { type: string }) => one.type === 'event_updated')
  for (const person of [guest, waiting]) {
    await eventually(async () => expect(await moves(person)).toHaveLength(2))
    expect(await moves(person)).toMatchObject([
      { title: 'Event moved', message: 'Doubles has moved: 2099-06-02 10:30 UTC', actor: { id: hostess.id } },
      {
        message: 'Doubles has moved: 2099-06-02 10:30 UTC, Court 3, Main Street 1',
        action_url: `/events/${eventId}`,
        data: { event_id: eventId, location: 'Court 3', address: 'Main Street 1' },
        is_read: false
      }
    ])
  }
  expect(await moves(hostess)).toEqual([])
  expect(await moves(blocked)).toEqual([])
})

test('a cancellation notifies no guest across a block', async () => {
  const { hostess, guest, eventId } = await host()
  const witness = await registerUser(system)
  for (const person of [guest, witness]) await ask(person, hostess, eventId)
  await guest.api.post(`/api/v1/users/${hostess.id}/block`)
  bodyOf(await hostess.api.delete(`/events/${eventId}`), 204)
  await eventually(async () => expect(await noticesOf(witness, eventId)).toHaveLength(1))
  expect(await noticesOf(guest, eventId)).toEqual([])
})

test('cancelling a large event notifies all of its guests, each once', async () => {
  const { hostess, eventId } = await host()
  const guests = await system.sql<{ id: string }>(
    `insert into notifications.users (id, display_name, tier, role, disabled, version)
     select gen_random_uuid(), 'Guest', 'free', 'user', false, 1 from generate_series(1, 6000) returning id`
  )
  const guest_ids = guests.map(({ id }) => id)
  const bus = await connect(system)
  const cancelled = eventOf(EventCancelled, {
    event_id: eventId,
    host_id: hostess.id,
    title: 'Tennis',
    starts_at: '2099-06-01T09:00:00.000Z',
    thread_id: randomUUID(),
    version: 2,
    guest_ids: [...guest_ids, hostess.id, ...guest_ids.slice(0, 10)],
    cause: 'host'
  })
  await bus.publishFact(cancelled)
  await bus.publishFact(cancelled)
  await eventually(
    async () =>
      expect(
        await system.sql(
          `select count(*)::int as all, count(distinct user_id)::int as people from notifications.notifications
           where type = 'event_cancelled' and user_id = any($1)`,
          [guest_ids]
        )
      ).toEqual([{ all: 6000, people: 6000 }]),
    { withinMs: 20_000 }
  )
})

test('cancelling an event without guests notifies no one', async () => {
  const { hostess, eventId } = await host()
  bodyOf(await hostess.api.delete(`/events/${eventId}`), 204)
  expect(await noticesOf(hostess, eventId)).toEqual([])
})

test('a group’s messages notify those who are away, but not across a block between two of them', async () => {
  const { hostess, guest, eventId } = await host()
  const other = await registerUser(system, { display_name: 'Olga' })
  let threadId = ''
  for (const person of [guest, other]) {
    const { id } = await ask(person, hostess, eventId)
    threadId = bodyOf(await hostess.api.post(`/requests/${id}/act`, { action: 'accept' }), 200).thread_id
  }
  await guest.api.post(`/api/v1/users/${other.id}/block`)
  const messages = async (person: TestUser) =>
    (await person.api.get('/api/notifications/?type=message_received')).body.results

  for (const body of ['one', 'two']) bodyOf(await other.api.post(`/threads/${threadId}/messages`, { body }), 201)
  await eventually(async () => expect(await messages(hostess)).toMatchObject([{ data: { count: 2 } }]))
  expect(await messages(hostess)).toMatchObject([
    { message: 'two', action_url: `/threads/${threadId}`, actor: { id: other.id }, data: { context: 'event' } }
  ])
  expect(await messages(guest)).toEqual([])
  expect(await messages(other)).toEqual([])
})
