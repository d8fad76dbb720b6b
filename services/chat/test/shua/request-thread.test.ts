import { registerUser, useSharedSystem } from '@belay/testing'
import { expect, test } from 'vitest'
import { hostEvent } from './gatherings.ts'

const system = useSharedSystem()

test('before accepting, the host may write to a guest, who reads it and cannot answer', async () => {
  const { host, ask } = await hostEvent(system)
  const { guest, requestId } = await ask()

  const sent = await host.api.post(`/requests/${requestId}/messages`, { body: 'Do you play doubles?' })
  const threadId = sent.body.thread_id

  expect(sent.status).toBe(201)
  const [thread] = (await guest.api.get('/threads')).body.threads
  expect(thread).toMatchObject({
    id: threadId,
    scope: 'request',
    request_id: requestId,
    booking_id: null,
    unread_count: 1
  })
  for (const path of [`/requests/${requestId}/messages`, `/threads/${threadId}/messages`]) {
    const refused = await guest.api.post(path, { body: 'Yes!' })
    expect([refused.status, refused.body.detail]).toEqual([
      403,
      'Only the host can send messages until the request is accepted'
    ])
  }
})

test('a guest cannot open the thread of their own request, and a stranger not at all', async () => {
  const { ask } = await hostEvent(system)
  const { guest, requestId } = await ask()
  const stranger = await registerUser(system)

  const own = await guest.api.post(`/requests/${requestId}/messages`, { body: 'Hello?' })
  expect([own.status, own.body.detail]).toEqual([403, 'Only the host can send messages until the request is accepted'])
  const strange = await stranger.api.post(`/requests/${requestId}/messages`, { body: 'Hello?' })
  expect([strange.status, strange.body.detail]).toEqual([
    403,
    'Access denied - you are not a participant in this thread'
  ])
  const unknown = await guest.api.post('/requests/0198a000-0000-7000-8000-000000000000/messages', { body: 'Hello?' })
  expect([unknown.status, unknown.body.detail]).toEqual([404, 'Request not found'])
})

test('acceptance opens it to both, beside the group', async () => {
  const { host, ask } = await hostEvent(system)
  const { guest, requestId } = await ask()
  const { thread_id } = (await host.api.post(`/requests/${requestId}/messages`, { body: 'Hi' })).body

  const accepted = await host.api.post(`/requests/${requestId}/act`, { action: 'accept' })

  expect(accepted.body.thread_id).not.toBe(thread_id)
  expect((await guest.api.post(`/threads/${thread_id}/messages`, { body: 'Thanks!' })).status).toBe(201)
  expect((await guest.api.get(`/threads/${thread_id}/details`)).body.thread.scope).toBe('booking')
})

test.each(['decline', 'withdraw'])('%s locks it', async (move) => {
  const { host, ask } = await hostEvent(system)
  const { guest, requestId } = await ask()
  const { thread_id } = (await host.api.post(`/requests/${requestId}/messages`, { body: 'Hi' })).body

  if (move === 'decline') await host.api.post(`/requests/${requestId}/act`, { action: 'decline' })
  else await guest.api.delete(`/requests/${requestId}`)

  for (const path of [`/requests/${requestId}/messages`, `/threads/${thread_id}/messages`]) {
    const refused = await host.api.post(path, { body: 'Sorry' })
    expect([refused.status, refused.body.detail]).toEqual([400, 'Thread is locked'])
  }
})

test('a declined request takes no first message either', async () => {
  const { host, ask } = await hostEvent(system)
  const { requestId } = await ask()
  await host.api.post(`/requests/${requestId}/act`, { action: 'decline' })

  const refused = await host.api.post(`/requests/${requestId}/messages`, { body: 'Sorry' })

  expect([refused.status, refused.body.detail]).toEqual([400, 'Thread is locked'])
})

test('no one writes in the thread of a request once its event is cancelled, not even the first message', async () => {
  const { host, eventId, admit } = await hostEvent(system)
  const [before, after] = [await admit(), await admit()]
  const open = await host.api.post(`/requests/${before.requestId}/messages`, { body: 'Hi' })
  expect(open.status).toBe(201)

  expect((await host.api.delete(`/events/${eventId}`)).status).toBe(204)

  for (const { requestId } of [before, after]) {
    const refused = await host.api.post(`/requests/${requestId}/messages`, { body: 'Sorry' })
    expect([refused.status, refused.body.detail]).toEqual([400, 'Thread is locked'])
  }
})
