import { collectEvents, eventually, registerUser, useSharedSystem } from '@belay/testing'
import { expect, test } from 'vitest'
import { hostEvent } from './gatherings.ts'

const system = useSharedSystem()

const bodies = (answer: { body: { body: string }[] }) => answer.body.map((message) => message.body)

test('the first accepted request opens the group with host and guest and two system messages', async () => {
  const { host, admit } = await hostEvent(system)

  const { guest, threadId } = await admit()

  expect((await guest.api.get(`/threads/${threadId}/messages`)).body).toMatchObject([
    {
      kind: 'system',
      sender_id: null,
      body: 'Welcome to the Morning Tennis Match event chat!',
      seq: 1,
      client_msg_id: null
    },
    { kind: 'system', sender_id: null, body: 'Request accepted, booking confirmed.', seq: 2 }
  ])
  expect((await guest.api.get(`/threads/${threadId}/participants`)).body).toEqual([
    { thread_id: threadId, user_id: host.id, user_name: host.display_name, role: 'host' },
    { thread_id: threadId, user_id: guest.id, user_name: guest.display_name, role: 'guest' }
  ])
})

test('each later guest joins the same group, sees the history, and has none of it unread', async () => {
  const { admit } = await hostEvent(system)
  const first = await admit()
  await first.guest.api.post(`/threads/${first.threadId}/messages`, { body: 'Who brings balls?' })

  const second = await admit()

  expect(second.threadId).toBe(first.threadId)
  expect(bodies(await second.guest.api.get(`/threads/${first.threadId}/messages`))).toEqual([
    'Welcome to the Morning Tennis Match event chat!',
    'Request accepted, booking confirmed.',
    'Who brings balls?',
    `${second.guest.display_name} has joined the event!`
  ])
  const inbox = await second.guest.api.get('/threads')
  expect(inbox.body.threads[0].unread_count).toBe(1)
})

test('two first accepts at the same instant open one group with one welcome', async () => {
  const { host, ask } = await hostEvent(system)
  const [one, other] = [await ask(), await ask()]

  const answers = await Promise.all(
    [one, other].map(({ requestId }) => host.api.post(`/requests/${requestId}/act`, { action: 'accept' }))
  )

  const [threadId, ...others] = new Set(answers.map((answer) => answer.body.thread_id))
  expect(others).toEqual([])
  const messages = await host.api.get(`/threads/${threadId}/messages`)
  expect(bodies(messages).filter((body) => body.startsWith('Welcome'))).toHaveLength(1)
  expect((await host.api.get(`/threads/${threadId}/participants`)).body).toHaveLength(3)
})

test('a message answers 201 and a repeated client_msg_id is refused with the stored one', async () => {
  const { admit } = await hostEvent(system)
  const { guest, threadId } = await admit()
  const path = `/threads/${threadId}/messages`

  const sent = await guest.api.post(path, { body: 'Great! What should I bring?', client_msg_id: 'a' })
  const again = await guest.api.post(path, { body: 'Something else', client_msg_id: 'a' })

  expect(sent.status).toBe(201)
  expect(sent.body).toEqual({
    id: expect.any(String),
    thread_id: threadId,
    sender_id: guest.id,
    kind: 'user',
    body: 'Great! What should I bring?',
    created_at: expect.stringMatching(/\.\d{3}Z$/),
    seq: 3,
    client_msg_id: 'a'
  })
  expect(again.status).toBe(400)
  expect(again.body).toMatchObject({ detail: 'Duplicate client_msg_id', message: sent.body })
})

test('a withdrawing guest leaves the group, and reads and writes nothing more', async () => {
  const { host, admit } = await hostEvent(system)
  const { guest, requestId, threadId } = await admit()

  expect((await guest.api.delete(`/requests/${requestId}`)).status).toBe(204)

  for (const answer of [
    await guest.api.get(`/threads/${threadId}/messages`),
    await guest.api.post(`/threads/${threadId}/messages`, { body: 'still here?' }),
    await guest.api.get(`/threads/${threadId}/details`),
    await guest.api.get(`/threads/${threadId}/participants`),
    await guest.api.post(`/threads/${threadId}/read`, { last_read_seq: 1 })
  ]) {
    expect([answer.status, answer.body.detail]).toEqual([
      403,
      'Access denied - you are not a participant in this thread'
    ])
  }
  expect((await guest.api.get('/threads')).body.threads).toEqual([])
  expect(bodies(await host.api.get(`/threads/${threadId}/messages`)).at(-1)).toBe(
    `${guest.display_name} has left the event.`
  )
})

test('a cancelled event locks its group, which stays readable', async () => {
  const { host, eventId, admit } = await hostEvent(system)
  const { guest, threadId } = await admit()

  await host.api.delete(`/events/${eventId}`)

  const refused = await guest.api.post(`/threads/${threadId}/messages`, { body: 'oh no' })
  expect(refused).toMatchObject({ status: 400, body: { code: 'THREAD_LOCKED', detail: 'Thread is locked' } })
  expect((await guest.api.get(`/threads/${threadId}/messages`)).status).toBe(200)
  expect((await guest.api.get('/threads')).body.threads[0].is_locked).toBe(true)
})

test('pages count back from the newest and are oldest first', async () => {
  const { admit } = await hostEvent(system)
  const { guest, threadId } = await admit()
  for (let n = 3; n <= 7; n += 1) await guest.api.post(`/threads/${threadId}/messages`, { body: `message ${n}` })
  const seqs = async (query: string) =>
    (await guest.api.get(`/threads/${threadId}/messages?${query}`)).body.map((message: { seq: number }) => message.seq)

  expect(await seqs('limit=3')).toEqual([5, 6, 7])
  expect(await seqs('limit=3&offset=3')).toEqual([2, 3, 4])
  expect(await seqs('limit=3&offset=6')).toEqual([1])
  expect(await seqs('limit=3&offset=7')).toEqual([])
  for (const query of ['limit=0', 'limit=201', 'offset=-1', 'limit=x']) {
    expect((await guest.api.get(`/threads/${threadId}/messages?${query}`)).status).toBe(422)
  }
})

test('strangers are refused, unknown and malformed threads are not found, bad input is 422', async () => {
  const { admit } = await hostEvent(system)
  const { guest, threadId } = await admit()
  const stranger = await registerUser(system)

  expect((await stranger.api.get(`/threads/${threadId}/messages`)).status).toBe(403)
  for (const id of ['nonsense', '0198a000-0000-7000-8000-000000000000']) {
    const answer = await guest.api.get(`/threads/${id}/messages`)
    expect([answer.status, answer.body.detail]).toEqual([404, 'Thread not found'])
  }
  expect((await guest.api.post(`/threads/${threadId}/messages`, { body: ' ' })).status).toBe(422)
  expect((await guest.api.post(`/threads/${threadId}/read`, {})).status).toBe(422)
})

test('a group says once for each change of time or place where its event has moved to', async () => {
  const { host, eventId, admit } = await hostEvent(system)
  const { guest, threadId } = await admit()
  const said = async () =>
    bodies(await guest.api.get(`/threads/${threadId}/messages`)).filter((body) =>
      body.startsWith('The event has moved')
    )

  await host.api.put(`/events/${eventId}`, { starts_at: '2027-01-16T10:30:00.000Z' })
  await host.api.put(`/events/${eventId}`, { title: 'Evening Tennis Match', starts_at: '2027-01-16T10:30:00.000Z' })
  await host.api.put(`/events/${eventId}`, { location: null })

  const first = 'The event has moved: 2027-01-16 10:30 UTC, Central Park Tennis Courts, Central Park, New York, NY'
  const second = 'The event has moved: 2027-01-16 10:30 UTC, Central Park, New York, NY'
  await eventually(async () => expect(await said()).toEqual([first, second]))
})

test('a system message never shows the name of an erased account, and no event holds it', async () => {
  const { host, admit } = await hostEvent(system)
  await admit()
  const { guest, threadId } = await admit()
  const lastOf = async () => (await host.api.get('/threads')).body.threads[0].last_message.body
  expect(await lastOf()).toBe(`${guest.display_name} has joined the event!`)
  await guest.api.patch('/api/users/me/', { display_name: 'Gus Renamed' })
  expect(await lastOf()).toBe('Gus Renamed has joined the event!')

  expect((await guest.api.delete('/api/users/me/', { password: guest.password })).status).toBe(202)

  await eventually(async () => expect(await lastOf()).toBe('Deleted user has left the event.'))
  expect(bodies(await host.api.get(`/threads/${threadId}/messages`)).slice(-2)).toEqual([
    'Deleted user has joined the event!',
    'Deleted user has left the event.'
  ])
  await eventually(async () => {
    const sent = await collectEvents(system, 'belay.evt.chat.message.sent.v1')
    const about = sent.filter(({ data }) => data.subject_user_id === guest.id).map(({ data }) => data.body)
    expect(about).toEqual(['A guest has joined the event!', 'A guest has left the event.'])
  })
  const holding = await system.sql(
    `select 'message' as held from chat.messages where body ~ $1
     union all select 'outbox of chat' from chat.outbox where envelope::text ~ $1
     union all select 'outbox of people' from people.outbox where envelope::text ~ $1
     union all select 'outbox of sessions' from sessions.outbox where envelope::text ~ $1
     union all select 'notification' from notifications.notifications where concat(title, message, words) ~ $1`,
    [`${guest.display_name}|Gus Renamed`]
  )
  expect(holding).toEqual([])
})
