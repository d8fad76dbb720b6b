import { ListRequests } from '@belay/contracts'
import { registerUser, useSharedSystem } from '@belay/testing'
import { expect, test } from 'vitest'
import { withBus } from '../support/bus.ts'
import { bookedBy, hostEvent, requestOf } from '../support/gatherings.ts'

const system = useSharedSystem()

test('list-requests returns requests with their events, in pages by id', async () => {
  const [earliest, event, other] = [await hostEvent(system), await hostEvent(system), await hostEvent(system)]
  const guest = await registerUser(system)
  const before = await requestOf(guest, earliest)
  const accepted = await bookedBy(guest, event)
  const waiting = await requestOf(guest, other)
  const list = (after: string | null, limit: number) =>
    withBus(system, async (bus) => (await bus.ask(ListRequests, { after, limit })).requests)

  expect(await list(null, 1)).toHaveLength(1)
  const [first, ...more] = await list(before, 1)
  const rest = await list(first?.request_id ?? null, 25)

  expect(more).toEqual([])
  const { id, title, starts_at, capacity, tags } = (await guest.api.get(`/events/${event.id}`)).body
  expect(first).toMatchObject({
    request_id: accepted,
    guest_id: guest.id,
    status: 'ACCEPTED',
    booking_id: expect.any(String),
    event: { event_id: id, title, starts_at, capacity, tags, status: 'scheduled' }
  })
  expect(rest).toMatchObject([
    { request_id: waiting, status: 'SUBMITTED', booking_id: null, event: { event_id: other.id } }
  ])
})
