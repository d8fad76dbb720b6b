import { registerUser, useSharedSystem } from '@belay/testing'
import { expect, test } from 'vitest'
import { hostEvent } from './gatherings.ts'

const system = useSharedSystem()

test('the inbox has threads by last message with event, unread count, own request and booking, and people', async () => {
  const { host, eventId, admit } = await hostEvent(system)
  const { guest, requestId, bookingId, threadId } = await admit()
  const sent = await host.api.post(`/threads/${threadId}/messages`, { body: 'See you tomorrow!' })

  const inbox = await guest.api.get('/threads')

  expect(inbox.status).toBe(200)
  expect(inbox.body).toEqual({
    threads: [
      {
        id: threadId,
        scope: 'booking',
        request_id: requestId,
        booking_id: bookingId,
        event_id: eventId,
        is_locked: false,
        unread_count: 3,
        event: {
          id: eventId,
          title: 'Morning Tennis Match',
          description: 'Friendly tennis game at Central Park',
          starts_at: '2027-01-15T09:00:00.000Z',
          location: 'Central Park Tennis Courts',
          activity_type: 'tennis'
        },
        last_message: {
          id: sent.body.id,
          sender_id: host.id,
          sender_name: host.display_name,
          body: 'See you tomorrow!',
          created_at: sent.body.created_at,
          kind: 'user'
        }
      }
    ],
    participants: {
      [threadId]: [
        { thread_id: threadId, user_id: host.id, user_name: host.display_name, role: 'host' },
        { thread_id: threadId, user_id: guest.id, user_name: guest.display_name, role: 'guest' }
      ]
    }
  })
})

test('the host sees the group through the first accepted request', async () => {
  const { host, admit } = await hostEvent(system)
  const first = await admit()
  await admit()

  const [thread] = (await host.api.get('/threads')).body.threads

  expect(thread).toMatchObject({ request_id: first.requestId, booking_id: first.bookingId })
})

test('details carry the whole event, the request and the booking', async () => {
  const { host, eventId, admit } = await hostEvent(system)
  const { guest, requestId, bookingId, threadId } = await admit()

  const details = await guest.api.get(`/threads/${threadId}/details`)

  expect(details.body).toMatchObject({
    thread: { id: threadId, scope: 'booking', is_locked: false, event_id: eventId },
    event: {
      id: eventId,
      address: 'Central Park, New York, NY',
      capacity: 10,
      created_by: host.id,
      creator_name: host.display_name,
      tags: []
    },
    request: {
      id: requestId,
      status: 'ACCEPTED',
      guest_id: guest.id,
      guest_name: guest.display_name,
      host_id: host.id,
      host_name: host.display_name
    },
    booking: { id: bookingId, status: 'CONFIRMED' }
  })
})

test('reading clears the count, never goes back, and stops at the end', async () => {
  const { host, admit } = await hostEvent(system)
  const { guest, threadId } = await admit()
  await host.api.post(`/threads/${threadId}/messages`, { body: 'one' })
  const unread = async () => (await guest.api.get('/threads')).body.threads[0].unread_count
  const read = (last_read_seq: number) => guest.api.post(`/threads/${threadId}/read`, { last_read_seq })

  expect((await read(2)).body).toEqual({ status: 'success' })
  expect(await unread()).toBe(1)
  await read(1)
  expect(await unread()).toBe(1)
  await read(99)
  expect(await unread()).toBe(0)
  await guest.api.post(`/threads/${threadId}/messages`, { body: 'mine' })
  expect(await unread()).toBe(0)
})

test('the next page begins where the last one ended, also when a thread of it is gone', async () => {
  const gatherings = [await hostEvent(system), await hostEvent(system), await hostEvent(system)]
  const guest = await registerUser(system)
  const requestIds: string[] = []
  for (const { host, eventId } of gatherings) {
    const { body } = await guest.api.post('/requests', { event_id: eventId, host_id: host.id })
    await host.api.post(`/requests/${body.id}/act`, { action: 'accept' })
    requestIds.unshift(body.id)
  }
  const eventsOf = (answer: { body: { threads: { event_id: string }[] } }) =>
    answer.body.threads.map((thread) => thread.event_id)
  const [last, middle, first] = gatherings.map(({ eventId }) => eventId)

  const page = await guest.api.get('/threads?limit=1')
  expect(eventsOf(page)).toEqual([first])
  await guest.api.delete(`/requests/${requestIds[0]}`)
  const next = new URL(String(page.headers['link']).slice(1, -'>; rel="next"'.length))
  expect(eventsOf(await guest.api.get(`/threads${next.search}`))).toEqual([middle])
  next.searchParams.set('limit', '100')
  expect(eventsOf(await guest.api.get(`/threads${next.search}`))).toEqual([middle, last])
  expect((await guest.api.get('/threads?cursor=e30')).status).toBe(422)
})

test('a change of the event, its tags or its end is in inbox and details with the answer', async () => {
  const { host, eventId, admit, ask } = await hostEvent(system)
  const { guest, threadId, bookingId } = await admit()
  const waiting = await ask()
  const { body: own } = await host.api.post(`/requests/${waiting.requestId}/messages`, { body: 'Hi' })
  const tags = await Promise.all(
    ['b', 'A'].map(async (letter) => (await host.api.post('/tags', { name: `${letter} ${eventId}` })).body)
  )
  const details = async () => (await guest.api.get(`/threads/${threadId}/details`)).body

  await host.api.put(`/events/${eventId}`, { title: 'Evening Tennis Match', tag_ids: tags.map((tag) => tag.id) })
  expect((await guest.api.get('/threads')).body.threads[0].event.title).toBe('Evening Tennis Match')
  expect((await details()).event).toMatchObject({
    title: 'Evening Tennis Match',
    tags: (await host.api.get(`/events/${eventId}`)).body.tags
  })

  expect((await host.api.delete(`/tags/${tags[1].id}`)).status).toBe(200)
  expect((await details()).event.tags).toMatchObject([{ id: tags[0].id }])

  await host.api.delete(`/events/${eventId}`)
  expect((await details()).booking).toEqual({ id: bookingId, status: 'CANCELLED' })
  const { request } = (await waiting.guest.api.get(`/threads/${own.thread_id}/details`)).body
  expect(request).toMatchObject({ id: waiting.requestId, status: 'DECLINED' })
})
