import { collectEvents, eventually, registerUser, type TestUser, useSharedSystem } from '@belay/testing'
import { expect, test } from 'vitest'
import { expectStatus } from '../support/gatherings.ts'
import { confirm, endMatch, makePair, schedule, scheduleBegun } from '../support/matches.ts'

const system = useSharedSystem()

const reputationOf = async (by: TestUser, id = by.id) =>
  expectStatus(await by.api.get(`/api/user/reputation/${id}?use_cache=false`), 200)

test('before its time a session cannot be confirmed', async () => {
  const pair = await makePair(system)
  const id = await schedule(pair)
  const answers = [
    await confirm(pair, pair.user1, id),
    await pair.user1.api.post('/api/session/confirm-completion', { session_id: id })
  ]
  expect(answers.map(({ status, body }) => `${status} ${body.code}`)).toEqual(Array(2).fill('400 SESSION_NOT_BEGUN'))
})

test('one confirmation leaves the session scheduled, the second completes it and credits both', async () => {
  const pair = await makePair(system)
  const id = await scheduleBegun(pair)
  const first = expectStatus(await confirm(pair, pair.user1, id), 200)
  expect(first).toEqual({
    success: true,
    message: expect.any(String),
    session_status: 'scheduled',
    both_confirmed: false,
    session_completed: false,
    updated_confirmations: { user1_confirmed_by_user2: false, user2_confirmed_by_user1: true },
    reputation_preview: { user1_delta: 10, user2_delta: 60 }
  })
  const between = (await pair.user2.api.get(`/api/session/${id}`)).body
  expect([between.status, between.participants.user1.confirmed, between.participants.user2.confirmed]).toEqual([
    'scheduled',
    false,
    true
  ])

  const second = expectStatus(await confirm(pair, pair.user2, id), 200)
  expect(second).toMatchObject({
    session_status: 'completed',
    both_confirmed: true,
    session_completed: true,
    updated_confirmations: { user1_confirmed_by_user2: true, user2_confirmed_by_user1: true }
  })
  expect((await pair.user1.api.get(`/api/session/${id}`)).body.completed_at).toEqual(expect.any(String))
  expect(await reputationOf(pair.user1)).toEqual({
    user_id: pair.user1.id,
    score: 10,
    badge_color: 'green',
    completed_sessions: 1,
    no_shows: 0,
    cache_timestamp: expect.any(String)
  })
  expect(await reputationOf(pair.user1, pair.user2.id)).toMatchObject({ score: 60, completed_sessions: 1 })
})

test('a wrong buddy, oneself and a second time are refused', async () => {
  const pair = await makePair(system)
  const id = await scheduleBegun(pair)
  expectStatus(await confirm(pair, pair.user1, id), 200)

  const stranger = await registerUser(system)
  expect((await confirm(pair, pair.user2, id, stranger.id)).body).toMatchObject({ status: 400, code: 'NOT_YOUR_BUDDY' })
  expect((await confirm(pair, pair.user2, id, pair.user2.id)).body).toMatchObject({
    status: 400,
    code: 'NOT_YOUR_BUDDY'
  })
  const again = await confirm(pair, pair.user1, id)
  expect([again.status, again.body.detail]).toEqual([400, 'Already confirmed'])
})

test('confirmations at the same instant complete once, with one pair of credits and one event each', async () => {
  const pair = await makePair(system)
  const id = await scheduleBegun(pair)
  const answers = await Promise.all([pair.user1, pair.user2, pair.user1, pair.user2].map((by) => confirm(pair, by, id)))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(2)
  expect(answers.filter(({ body }) => body.session_completed)).toHaveLength(1)
  expect([(await reputationOf(pair.user1)).score, (await reputationOf(pair.user2)).score]).toEqual([10, 60])
  await eventually(async () => {
    const [confirmed, completed] = await Promise.all([
      collectEvents(system, 'belay.evt.sessions.buddy-session.confirmed.v1'),
      collectEvents(system, 'belay.evt.sessions.buddy-session.completed.v1')
    ])
    const ofThis = (events: typeof confirmed) => events.filter(({ subject }) => subject === id)
    expect(new Set(ofThis(confirmed).map(({ data }) => data.actor_id))).toEqual(new Set([pair.user1.id, pair.user2.id]))
    expect(ofThis(confirmed)).toHaveLength(2)
    expect(ofThis(completed).map(({ data }) => data.credits)).toEqual([
      [
        { user_id: pair.user1.id, points: 10 },
        { user_id: pair.user2.id, points: 60 }
      ]
    ])
  })
})

test('confirming the completion is the same as confirming the buddy', async () => {
  const pair = await makePair(system)
  const id = await scheduleBegun(pair)
  expectStatus(await confirm(pair, pair.user2, id), 200)
  expect(expectStatus(await pair.user1.api.post('/api/session/confirm-completion', { session_id: id }), 200)).toEqual({
    success: true,
    message: expect.any(String),
    both_confirmed: true,
    reputation_updated: true,
    session_status: 'completed'
  })
  expect((await reputationOf(pair.user2)).score).toBe(60)
})

test('a repeated confirmation with the same key gets the first answer', async () => {
  const pair = await makePair(system)
  const id = await scheduleBegun(pair)
  const confirmWithKey = () =>
    pair.user1.api.post(`/api/session/${id}/confirm`, { buddy_user_id: pair.user2.id }, { 'idempotency-key': id })
  expectStatus(await confirm(pair, pair.user2, id), 200)
  const first = expectStatus(await confirmWithKey(), 200)
  expect(expectStatus(await confirmWithKey(), 200)).toEqual(first)
})

test('a completed session stays when the match ends', async () => {
  const pair = await makePair(system)
  const id = await scheduleBegun(pair)
  expectStatus(await confirm(pair, pair.user1, id), 200)
  expectStatus(await confirm(pair, pair.user2, id), 200)
  await endMatch(system, pair)
  expect((await pair.user1.api.get(`/api/session/${id}`)).body.status).toBe('completed')
})

test('the reputation of a person across a block, or of an unknown one, is a 404', async () => {
  const pair = await makePair(system)
  expectStatus(await pair.user1.api.post(`/api/users/${pair.user2.id}/block/`, {}), 201)
  const paths = [pair.user2.id, '0198c1f0-0000-7000-8000-000000000000'].map((id) => `/api/user/reputation/${id}`)
  const answers = await Promise.all(paths.map((path) => pair.user1.api.get(path)))
  expect(answers.map(({ status, body }) => `${status} ${body.code}`)).toEqual(Array(2).fill('404 USER_NOT_FOUND'))
})
