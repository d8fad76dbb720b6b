import { eventually, makePlan, registerUser, useSystem } from '@belay/testing'
import { expect, test } from 'vitest'

const system = useSystem({ ownProcesses: ['sessions', 'people', 'chat'], env: { RATE_LIMITS: 'off' } })

const unknownId = '0198a000-0000-7000-8000-000000000000'

/** A host, a guest in the group, and one whose request the host has only written about. */
async function makeGathering() {
  const [host, guest, asking] = [await registerUser(system), await registerUser(system), await registerUser(system)]
  const event = {
    title: 'Morning Tennis Match',
    starts_at: '2099-06-01T09:00:00.000Z',
    address: '5th Avenue',
    capacity: 9
  }
  const { body: created } = await host.api.post('/events', event)
  const asks = { event_id: created.id, host_id: host.id }
  const { body: request } = await guest.api.post('/requests', asks)
  const { body: accepted } = await host.api.post(`/requests/${request.id}/act`, { action: 'accept' })
  const { body: waiting } = await asking.api.post('/requests', asks)
  await host.api.post(`/requests/${waiting.id}/messages`, { body: 'Do you play doubles?' })
  return { host, guest, asking, threadId: String(accepted.thread_id), waitingId: String(waiting.id) }
}

test('chat goes on with everything it answers while sessions and people are dead', async () => {
  const { host, guest, asking, threadId, waitingId } = await makeGathering()
  const { inviter, invitee, sessionId } = await makePlan(system)
  const session = `/api/sessions/${sessionId}/messages/`
  const shown = async () => [
    (await guest.api.get('/threads')).body,
    (await host.api.get('/threads')).body,
    (await asking.api.get('/threads')).body,
    (await guest.api.get(`/threads/${threadId}/details`)).body,
    (await asking.api.get(`/threads/${waitingId}/details`)).body,
    (await host.api.get(`/threads/${threadId}/participants`)).body
  ]
  // Each token is verified once, so that keys are known without people.
  expect((await inviter.api.get(session)).status).toBe(200)
  const before = await shown()
  expect(before[3].event).toMatchObject({ title: 'Morning Tennis Match', address: '5th Avenue', capacity: 9 })

  await system.kill('sessions', 'SIGKILL')
  await system.kill('people', 'SIGKILL')
  try {
    expect(await shown()).toEqual(before)
    for (const sent of [
      await guest.api.post(`/threads/${threadId}/messages`, { body: 'Who brings balls?' }),
      await host.api.post(`/requests/${waitingId}/messages`, { body: 'And singles?' }),
      await invitee.api.post(session, { body: 'See you there' })
    ]) {
      expect(sent.status).toBe(201)
    }
    expect((await host.api.get(`/threads/${threadId}/messages?limit=1`)).body).toMatchObject([{ seq: 3 }])
    expect((await host.api.post(`/threads/${threadId}/read`, { last_read_seq: 3 })).status).toBe(200)
    expect((await inviter.api.get(session)).body.results).toMatchObject([{ body: 'See you there' }])
    expect((await inviter.api.post(`/api/sessions/${sessionId}/mark-read/`)).status).toBe(200)
    for (const unknown of [
      await host.api.get(`/threads/${unknownId}/messages`),
      await host.api.get(`/threads/${unknownId}/details`),
      await host.api.get(`/threads/${unknownId}/participants`),
      await host.api.post(`/threads/${unknownId}/messages`, { body: 'Hello?' }),
      await host.api.post(`/requests/${unknownId}/messages`, { body: 'Hello?' }),
      await host.api.get(`/api/sessions/${unknownId}/messages/`),
      await host.api.post(`/api/sessions/${unknownId}/messages/`, { body: 'Hello?' })
    ]) {
      expect([unknown.status, unknown.body]).toEqual([404, expect.anything()])
    }
  } finally {
    await Promise.all([system.restart('sessions'), system.restart('people')])
  }
}, 60_000)

test('a chat from before it kept plans copies them from sessions, when sessions is there', async () => {
  const { host, guest, asking, threadId, waitingId } = await makeGathering()
  const { body: request } = await registerUser(system).then(async (late) => {
    const { body } = await guest.api.get(`/threads/${threadId}/details`)
    return late.api.post('/requests', { event_id: body.event.id, host_id: host.id })
  })
  const shown = async () => [
    (await guest.api.get('/threads')).body,
    (await host.api.get(`/threads/${threadId}/details`)).body,
    (await asking.api.get(`/threads/${waitingId}/details`)).body
  ]
  const before = await shown()
  await system.kill('chat', 'SIGKILL')
  await system.kill('sessions', 'SIGKILL')
  await system.sql(`delete from chat.requests where id = $1`, [request.id])
  await system.sql(
    `update chat.requests set event_id = null, host_id = null, guest_id = null, booking_id = null, created_at = null`
  )
  await system.sql('delete from chat.gatherings')
  await system.sql('delete from chat.tags')
  await system.sql('insert into chat.requests_to_copy (after_id) values (null)')

  await system.restart('chat')

  expect((await guest.api.get('/threads')).body.threads).toMatchObject([{ id: threadId, event: null }])
  await system.restart('sessions')
  await eventually(async () => expect(await shown()).toEqual(before), { withinMs: 15_000 })
  expect((await host.api.post(`/requests/${request.id}/messages`, { body: 'Hi' })).status).toBe(201)
}, 60_000)
