import { isDeepStrictEqual } from 'node:util'
import { type EventOf, liveSubjects, MatchCreated, MatchEnded } from '@belay/contracts'
import { systemRuntime } from '@belay/kit'
import { eventually, makePair, useSharedSystem, eventOf } from '@belay/testing'
import { expect, test } from 'vitest'
import { connect, deliver } from '../support/people.ts'
import { reads, write } from './pairs.ts'

const system = useSharedSystem()

async function meet() {
  const { inviter: ana, invitee: ben } = await makePair(system)
  const bus = await connect(system)
  const match_id = systemRuntime.newId()
  const user_ids = [ana.id, ben.id]
  const begin = (version: number) => {
    const created_at = new Date().toISOString()
    return deliver(bus, eventOf(MatchCreated, { match_id, user_ids, version, actor_id: ana.id, created_at }))
  }
  const end = (version: number, reason: EventOf<typeof MatchEnded>['data']['reason'] = 'unmatched') =>
    deliver(bus, eventOf(MatchEnded, { match_id, user_ids, version, reason }))
  return { ana, ben, bus, match_id, begin, end }
}

test('a match opens the conversation of the two, and its end leaves it readable', async () => {
  const { ana, ben, bus, match_id, begin, end } = await meet()

  await begin(1)
  expect(await write(bus, match_id, ana)).toBe('sent')
  expect(await write(bus, match_id, ben)).toBe('sent')

  await end(2)
  expect(await write(bus, match_id, ana)).toBe('thread_locked')
  expect(await reads(bus, match_id, ben)).toBe(true)
})

test('a match that ended stays ended when its beginning arrives late, and a later one opens it again', async () => {
  const { ana, bus, match_id, begin, end } = await meet()

  await end(2)
  await begin(1)
  expect(await write(bus, match_id, ana)).toBe('thread_not_found')

  await begin(3)
  expect(await write(bus, match_id, ana)).toBe('sent')
})

test('a conversation is signalled to both, once for each time it opens and closes', async () => {
  const { ana, ben, bus, match_id, begin, end } = await meet()
  const signals: unknown[] = []
  for (const { id } of [ana, ben]) {
    bus.listenLive(liveSubjects.contact(id), (signal) => void signals.push(signal))
  }

  await Promise.all([begin(1), begin(1)])
  await end(2)
  await begin(3)

  const opened = { kind: 'conversation_opened', conversation_id: match_id, after_seq: 0 }
  const closed = { kind: 'conversation_closed', conversation_id: match_id }
  await eventually(() => expect(signals).toHaveLength(6))
  for (const { id: peer_id } of [ana, ben]) {
    expect(signals.filter((signal) => isDeepStrictEqual(signal, { ...opened, peer_id }))).toHaveLength(2)
  }
  expect(signals.filter((signal) => isDeepStrictEqual(signal, closed))).toHaveLength(2)
})

test('a block takes the conversation from both at once, and its end gives them the history back', async () => {
  const { ana, ben, bus, match_id, begin } = await meet()
  await begin(1)
  await write(bus, match_id, ana)

  expect((await ana.api.post(`/api/v1/users/${ben.id}/block`)).status).toBe(200)
  for (const one of [ana, ben]) {
    expect(await write(bus, match_id, one)).toBe('not_a_member')
    expect(await reads(bus, match_id, one)).toBe('not_a_member')
  }

  expect((await ana.api.delete(`/api/v1/users/${ben.id}/block`)).status).toBe(200)
  for (const one of [ana, ben]) {
    expect(await write(bus, match_id, one)).toBe('thread_locked')
    expect(await reads(bus, match_id, one)).toBe(true)
  }
})

test('the conversation of two people who blocked each other comes back with the end of the last block', async () => {
  const { ana, ben, bus, match_id, begin } = await meet()
  await begin(1)
  await ana.api.post(`/api/v1/users/${ben.id}/block`)
  await ben.api.post(`/api/v1/users/${ana.id}/block`)

  await ana.api.delete(`/api/v1/users/${ben.id}/block`)
  expect(await reads(bus, match_id, ben)).toBe('not_a_member')

  await ben.api.delete(`/api/v1/users/${ana.id}/block`)
  expect(await reads(bus, match_id, ben)).toBe(true)
})

test('no match opens a conversation across a block', async () => {
  const { ana, ben, bus, match_id, begin } = await meet()
  await ana.api.post(`/api/v1/users/${ben.id}/block`)

  await begin(1)

  expect(await reads(bus, match_id, ana)).toBe('thread_not_found')
})

test('the conversations of an erased person are closed, and the others read on', async () => {
  const { ana, ben, bus, match_id, begin } = await meet()
  await begin(1)

  expect((await ana.api.delete('/api/users/me/', { password: ana.password })).status).toBe(202)

  expect(await write(bus, match_id, ben)).toBe('thread_locked')
  expect(await reads(bus, match_id, ben)).toBe(true)
})
