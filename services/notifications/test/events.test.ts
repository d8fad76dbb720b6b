import { type Answer, collectEvents, eventually, registerUser, type TestUser, useSystem } from '@belay/testing'
import { expect, test } from 'vitest'

const system = useSystem()

/** What somebody was told about one event, oldest first. */
async function told(person: TestUser, eventId: string) {
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

test('a request is told to the host, its acceptance to the guest, each once', async () => {
  const { hostess, guest, eventId } = await host()
  const { id } = await ask(guest, hostess, eventId)
  const accepted = bodyOf(await hostess.api.post(`/requests/${id}/act`, { action: 'accept' }), 200)
  await eventually(async () => expect(await told(guest, eventId)).toHaveLength(1))
  expect(await told(guest, eventId)).toMatchObject([
    {
      type: 'event_request_accepted',
      message: 'Hanna accepted your request to join Tennis',
      action_url: `/threads/${accepted.thread_id}`,
      actor: { id: hostess.id, display_name: 'Hanna' },
      data: { request_id: id, event_id: eventId, thread_id: accepted.thread_id },
      is_read: false
    }
  ])
  expect(await told(hostess, eventId)).toMatchObject([
    {
      type: 'event_request_received',
      message: 'Gus asks to join Tennis',
      action_url: `/events/${eventId}`,
      actor: { id: guest.id }
    }
  ])
})

test('a declined guest is told so', async () => {
  const { hostess, guest, eventId } = await host()
  const { id } = await ask(guest, hostess, eventId)
  bodyOf(await hostess.api.post(`/requests/${id}/act`, { action: 'decline' }), 200)
  await eventually(async () =>
    expect(await told(guest, eventId)).toMatchObject([
      { type: 'event_request_declined', message: 'Hanna declined your request to join Tennis' }
    ])
  )
})

test('where the event accepts by itself, the host hears of the guest, and the guest nothing new', async () => {
  const { hostess, guest, eventId } = await host({ auto_accept: true })
  expect(await ask(guest, hostess, eventId)).toMatchObject({ status: 'ACCEPTED' })
  // The next thing that the guest is told proves that nothing came before it.
  bodyOf(await hostess.api.delete(`/events/${eventId}`), 204)
  await eventually(async () => expect(await told(guest, eventId)).toHaveLength(1))
  expect(await told(guest, eventId)).toMatchObject([{ type: 'event_cancelled' }])
  expect(await told(hostess, eventId)).toMatchObject([{ type: 'event_request_received' }])
})

test('a cancelled event is told to everybody whose request was live, and not to the host', async () => {
  const { hostess, guest, eventId } = await host()
  const [waiting, withdrawn] = await Promise.all([registerUser(system), registerUser(system)])
  const { id } = await ask(guest, hostess, eventId)
  await hostess.api.post(`/requests/${id}/act`, { action: 'accept' })
  await ask(waiting, hostess, eventId)
  const gone = await ask(withdrawn, hostess, eventId)
  bodyOf(await withdrawn.api.delete(`/requests/${gone.id}`), 204)

  bodyOf(await hostess.api.delete(`/events/${eventId}`), 204)

  const cancelled = { type: 'event_cancelled', title: 'Event cancelled', message: 'Hanna cancelled Tennis' }
  await eventually(async () => expect((await told(waiting, eventId)).at(-1)).toMatchObject(cancelled))
  expect((await told(guest, eventId)).at(-1)).toMatchObject({ ...cancelled, actor: { id: hostess.id } })
  expect(await told(withdrawn, eventId)).toEqual([])
  expect(new Set((await told(hostess, eventId)).map((one: { type: string }) => one.type))).toEqual(
    new Set(['event_request_received'])
  )
  const toldAs = (await told(guest, eventId)).at(-1).id
  await eventually(async () => {
    const created = await collectEvents(system, 'belay.evt.notifications.notification.created.v1')
    expect(created.filter((event) => event.data['notification_id'] === toldAs)).toHaveLength(1)
  })
})

test('guests and those who wait for an answer are told once of each change of time or place, and of no other', async () => {
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
    (await told(person, eventId)).filter((one: { type: string }) => one.type === 'event_updated')
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

test('nobody is told by somebody they have a block with', async () => {
  const { hostess, guest, eventId } = await host()
  const witness = await registerUser(system)
  for (const person of [guest, witness]) await ask(person, hostess, eventId)
  await guest.api.post(`/api/v1/users/${hostess.id}/block`)
  bodyOf(await hostess.api.delete(`/events/${eventId}`), 204)
  await eventually(async () => expect(await told(witness, eventId)).toHaveLength(1))
  expect(await told(guest, eventId)).toEqual([])
})

test('an event without guests is cancelled in silence', async () => {
  const { hostess, eventId } = await host()
  bodyOf(await hostess.api.delete(`/events/${eventId}`), 204)
  expect(await told(hostess, eventId)).toEqual([])
})

test('a group’s messages are told to those who are not there; a block between two of them keeps theirs apart', async () => {
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
