import { createApi, collectEvents, eventually, registerUser, type TestUser, useSharedSystem } from '@belay/testing'
import { describe, expect, test } from 'vitest'
import { act, ask, bookedBy, expectStatus, hostEvent, placesTaken, requestOf, statusOf } from '../support/gatherings.ts'

const system = useSharedSystem()

const block = async (by: TestUser, whom: TestUser) =>
  expectStatus(await by.api.post(`/api/v1/users/${whom.id}/block`), 200)
const erase = async (user: TestUser) =>
  expectStatus(await user.api.delete('/api/users/me/', { password: user.password }), 202)
const lastTold = async (subject: string) =>
  (await collectEvents(system, 'belay.evt.sessions.>')).filter((event) => event.subject === subject).at(-1)

describe('across a block', () => {
  test.each(['host', 'guest'] as const)('made by the %s an event looks unknown', async (side) => {
    const event = await hostEvent(system, { activity_type: 'hidden' })
    const guest = await registerUser(system)
    await (side === 'host' ? block(event.host, guest) : block(guest, event.host))
    for (const answer of [await ask(guest, event), await guest.api.get(`/events/${event.id}`)]) {
      expect([answer.status, answer.body.detail]).toEqual([404, 'Event not found'])
    }
    expect((await guest.api.put(`/events/${event.id}`, { title: 'x', starts_at: '2099-01-01T00:00:00Z' })).status).toBe(
      404
    )
    const listed = async (by: TestUser) =>
      (await by.api.get('/events?activity=hidden')).body.some(({ id }: { id: string }) => id === event.id)
    expect(await listed(guest)).toBe(false)
    expect(await listed(event.host)).toBe(true)
    expect((await createApi(system.url).get(`/events/${event.id}`)).status).toBe(200)
  })

  test('a request can be declined but not accepted; a booked guest stays', async () => {
    const event = await hostEvent(system)
    const [waiting, booked] = [await registerUser(system), await registerUser(system)]
    const request = await requestOf(waiting, event)
    const booking = await bookedBy(booked, event)
    await block(waiting, event.host)
    await block(event.host, booked)

    const accept = await act(event.host, request, 'accept')
    expect([accept.status, accept.body.detail]).toEqual([404, 'Request not found'])
    expect((await act(event.host, request, 'decline')).status).toBe(200)
    expect(await statusOf(booked, booking)).toBe('ACCEPTED')
    expect((await booked.api.get(`/events/${event.id}`)).status).toBe(200)
  })
})

describe('an erased account', () => {
  test('cancels the events that it hosts, and stays their host without a name', async () => {
    const event = await hostEvent(system)
    const [booked, waiting] = [await registerUser(system), await registerUser(system)]
    await bookedBy(booked, event)
    const request = await requestOf(waiting, event)
    await erase(event.host)

    expect((await booked.api.get(`/events/${event.id}`)).body).toMatchObject({
      status: 'cancelled',
      created_by: event.host.id,
      creator_name: 'Deleted user'
    })
    expect(await statusOf(waiting, request)).toBe('DECLINED')
    const late = await ask(await registerUser(system), event)
    expect([late.status, late.body.detail]).toEqual([404, 'Event not found'])
    await eventually(async () => {
      expect((await lastTold(event.id))?.data).toMatchObject({
        cause: 'account_deleted',
        guest_ids: [booked.id, waiting.id]
      })
    })
  })

  test('withdraws what it asked for and frees its places', async () => {
    const [event, other] = [await hostEvent(system), await hostEvent(system)]
    const guest = await registerUser(system)
    const booked = await bookedBy(guest, event)
    const waiting = await requestOf(guest, other)
    await erase(guest)

    expect(await placesTaken(event)).toBe(1)
    expect((await event.host.api.get('/requests')).body).toMatchObject([
      { id: booked, status: 'WITHDRAWN', guest_name: 'Deleted user', booking_id: null }
    ])
    const tooLate = await act(other.host, waiting, 'accept')
    expect([tooLate.status, tooLate.body.detail]).toEqual([400, 'Request is already withdrawn'])
    await eventually(async () => {
      expect((await lastTold(booked))?.data).toMatchObject({ guest_id: guest.id, booking_id: expect.any(String) })
      expect((await lastTold(waiting))?.type).toBe('belay.sessions.request.withdrawn.v1')
    })
  })

  test('and an accept at the same instant leave no place taken', async () => {
    for (let round = 0; round < 5; round++) {
      const event = await hostEvent(system)
      const guest = await registerUser(system)
      const id = await requestOf(guest, event)
      const [accepted] = await Promise.all([act(event.host, id, 'accept'), erase(guest)])
      expect([200, 400]).toContain(accepted.status)
      expect(await placesTaken(event)).toBe(1)
    }
  })
})

test('two hosts who are each other’s guests can be erased at the same instant', async () => {
  const [one, two] = [await hostEvent(system), await hostEvent(system)]
  await bookedBy(one.host, two)
  await bookedBy(two.host, one)
  await Promise.all([erase(one.host), erase(two.host)])
  for (const { id } of [one, two]) {
    expect((await createApi(system.url).get(`/events/${id}`)).body).toMatchObject({ status: 'cancelled', booked: 1 })
  }
})
