import { DescribeEvents, DescribeRequest, FindRequest } from '@belay/contracts'
import { registerUser, useSystem } from '@belay/testing'
import { expect, test } from 'vitest'
import { withBus } from '../support/bus.ts'
import { bookedBy, expectStatus, hostEvent, requestOf } from '../support/gatherings.ts'
import { unknownId } from '../support/plans.ts'

const system = useSystem({ env: { RATE_LIMITS: 'off' } })

test('find-request and describe-request tell of a request, and of an unknown one nothing', async () => {
  const event = await hostEvent(system)
  const guest = await registerUser(system)
  const id = await bookedBy(guest, event)
  const [mine] = expectStatus(await guest.api.get('/requests'), 200)
  const find = (request_id: string) => withBus(system, (bus) => bus.ask(FindRequest, { request_id }))
  const describe = (request_id: string) => withBus(system, (bus) => bus.ask(DescribeRequest, { request_id }))

  const people = { event_id: event.id, host_id: event.host.id, guest_id: guest.id }
  expect((await find(id)).request).toEqual({ request_id: id, ...people, status: 'ACCEPTED', version: 2 })
  expect(await describe(id)).toEqual({ request: mine, booking: { id: mine.booking_id, status: 'CONFIRMED' } })
  await guest.api.delete(`/requests/${id}`)
  expect((await describe(id)).booking).toEqual({ id: mine.booking_id, status: 'CANCELLED' })
  expect(await find(unknownId)).toEqual({ request: null })
  expect(await describe(unknownId)).toEqual({ request: null, booking: null })
})

test('describe-events tells each reader of their own request and booking', async () => {
  const [event, other] = [await hostEvent(system), await hostEvent(system)]
  const [first, second] = [await registerUser(system), await registerUser(system)]
  const waiting = await requestOf(second, other)
  await bookedBy(first, event)
  await bookedBy(second, event)
  const describe = async (user_id: string) => {
    const event_ids = [event.id, other.id, unknownId]
    const { events } = await withBus(system, (bus) => bus.ask(DescribeEvents, { user_id, event_ids }))
    return new Map(events.map((one) => [one.event.id, one]))
  }
  const [ofFirst] = expectStatus(await first.api.get('/requests'), 200)
  const [ofSecond] = expectStatus(await second.api.get('/requests?limit=1'), 200)
  const plain = (request: { id: string; booking_id: string }) => ({
    request_id: request.id,
    booking_id: request.booking_id
  })

  const toHost = await describe(event.host.id)
  expect(toHost.size).toBe(2)
  expect(toHost.get(event.id)).toEqual({
    event: (await first.api.get(`/events/${event.id}`)).body,
    ...plain(ofFirst)
  })
  expect(toHost.get(other.id)).toMatchObject({ request_id: null, booking_id: null })
  const toSecond = await describe(second.id)
  expect(toSecond.get(event.id)).toMatchObject(plain(ofSecond))
  expect(toSecond.get(other.id)).toMatchObject({ request_id: waiting, booking_id: null })
})
