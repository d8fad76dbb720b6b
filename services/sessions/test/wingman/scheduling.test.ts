import { collectEvents, eventually, logIn, registerUser, useSharedSystem, eventOf } from '@belay/testing'
import { expect, test } from 'vitest'
import { expectStatus } from '../support/gatherings.ts'
import { unknownId } from '../support/plans.ts'
import { challengesOf, endMatch, makePair, matchOf, schedule, sessionBody } from '../support/matches.ts'
import { deliver } from '../support/bus.ts'
import { MatchCreated } from '@belay/contracts'

const system = useSharedSystem()

test('a starter set of challenges is there, the easiest first', async () => {
  const { api } = await registerUser(system)
  const { challenges, count } = expectStatus(await api.get('/api/challenges'), 200)
  expect(count).toBe(challenges.length)
  expect(challenges[0]).toEqual({
    id: expect.any(String),
    title: expect.any(String),
    description: expect.any(String),
    difficulty: 'beginner',
    points: 10
  })
  const points = challenges.map((challenge: { points: number }) => challenge.points)
  expect(points).toEqual(points.toSorted((a: number, b: number) => a - b))
})

test('administrators add challenges, and only they', async () => {
  const [admin, { api }] = await Promise.all([logIn(system, system.admin), registerUser(system)])
  const body = { title: 'Dance', description: 'Dance for a song.', difficulty: 'advanced', points: 70 }
  expect((await api.post('/api/challenges', body)).status).toBe(403)
  const added = expectStatus(await admin.api.post('/api/challenges', body), 201)
  expect(added).toEqual({ id: expect.any(String), ...body })
  expect(expectStatus(await api.get('/api/challenges'), 200).challenges).toContainEqual(added)
})

test('there can be 500 challenges', async () => {
  const admin = await logIn(system, system.admin)
  await system.sql(`
    insert into sessions.challenges
    select gen_random_uuid(), 'Filler', 'One of many.', 'advanced', 1000, now() from generate_series(1, 500)`)
  const body = { title: 'One more', description: 'Too many.', difficulty: 'advanced', points: 5 }
  const answer = await admin.api.post('/api/challenges', body)
  await system.sql(`delete from sessions.challenges where title = 'Filler'`)
  expect([answer.status, answer.body.code]).toEqual([409, 'TOO_MANY_CHALLENGES'])
})

test('either of the two schedules a session, and both read it', async () => {
  const pair = await makePair(system)
  const [easy, hard] = await challengesOf(pair.user1)
  const body = await sessionBody(pair)
  const created = expectStatus(await pair.user2.api.post('/api/session/create', body), 201)
  expect(created).toEqual({
    success: true,
    session_id: expect.any(String),
    message: 'Session scheduled successfully at Blue Bottle Coffee',
    scheduled_time: body.time,
    venue_name: 'Blue Bottle Coffee',
    notifications_sent: true
  })
  const seen = expectStatus(await pair.user1.api.get(`/api/session/${created.session_id}`), 200)
  expect(seen).toEqual({
    id: created.session_id,
    match_id: pair.matchId,
    venue_name: 'Blue Bottle Coffee',
    scheduled_time: body.time,
    status: 'scheduled',
    notes: null,
    participants: {
      user1: {
        id: pair.user1.id,
        name: pair.user1.display_name,
        email: pair.user1.email,
        challenge: easy,
        confirmed: false
      },
      user2: { id: pair.user2.id, name: pair.user2.display_name, email: null, challenge: hard, confirmed: false }
    },
    reputation_preview: { user1_delta: easy.points, user2_delta: hard.points },
    created_at: expect.any(String),
    completed_at: null
  })
  await eventually(async () => {
    const events = await collectEvents(system, 'belay.evt.sessions.buddy-session.scheduled.v1')
    expect(events.filter(({ subject }) => subject === created.session_id).map(({ data }) => data)).toMatchObject([
      { match_id: pair.matchId, user_ids: [pair.user1.id, pair.user2.id], actor_id: pair.user2.id, version: 1 }
    ])
  })
})

test.each([
  ['an unknown match', { match_id: unknownId }, 404, 'MATCH_NOT_FOUND'],
  ['an unknown challenge', { user2_challenge_id: unknownId }, 400, 'UNKNOWN_CHALLENGE'],
  ['a time that is not in the future', { time: '2020-01-01T10:00:00Z' }, 400, 'TIME_NOT_IN_FUTURE'],
  ['a blank venue', { venue_name: ' \u200B' }, 422, 'VALIDATION_ERROR'],
  ['a venue of more than 200 characters', { venue_name: 'v'.repeat(201) }, 422, 'VALIDATION_ERROR'],
  ['a time that is none', { time: 'tomorrow' }, 422, 'VALIDATION_ERROR'],
  ['a leap second', { time: '2099-06-30T23:59:60Z' }, 422, 'VALIDATION_ERROR'],
  ['a malformed match', { match_id: '7' }, 422, 'VALIDATION_ERROR']
])('%s is refused', async (_, overrides, status, code) => {
  const pair = await makePair(system)
  const answer = await pair.user1.api.post('/api/session/create', await sessionBody(pair, overrides))
  expect([answer.status, answer.body.code]).toEqual([status, code])
})

test('a person outside the match can neither schedule nor read', async () => {
  const pair = await makePair(system)
  const stranger = await registerUser(system)
  const id = await schedule(pair)
  const answers = [
    await stranger.api.post('/api/session/create', await sessionBody(pair)),
    await stranger.api.get(`/api/session/${id}`),
    await stranger.api.post(`/api/session/${id}/confirm`, { buddy_user_id: pair.user1.id }),
    await stranger.api.patch(`/api/session/${id}/notes`, { notes: 'mine' })
  ]
  expect(answers.map(({ status, body }) => `${status} ${body.detail}`)).toEqual(Array(4).fill('403 Access denied'))
})

test('an unknown session is a 404, and a malformed id a 422', async () => {
  const { api, id } = await registerUser(system)
  expect((await api.get(`/api/session/${unknownId}`)).body).toMatchObject({ status: 404, detail: 'Session not found' })
  expect((await api.post(`/api/session/${unknownId}/confirm`, { buddy_user_id: id })).status).toBe(404)
  expect((await api.patch(`/api/session/${unknownId}/notes`, { notes: '' })).status).toBe(404)
  expect((await api.post('/api/session/confirm-completion', { session_id: unknownId })).status).toBe(404)
  expect((await api.get('/api/session/nonsense')).status).toBe(422)
})

test('of ten sessions for a match at the same instant one is scheduled', async () => {
  const pair = await makePair(system)
  const body = await sessionBody(pair)
  const answers = await Promise.all(Array.from({ length: 10 }, () => pair.user1.api.post('/api/session/create', body)))
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, ...Array(9).fill(409)])
  expect(answers.flatMap(({ body: { code } }) => code ?? [])).toEqual(Array(9).fill('SESSION_EXISTS'))
})

test('the end of a match cancels its session and lets no other be scheduled', async () => {
  const pair = await makePair(system)
  const id = await schedule(pair)
  await endMatch(system, pair)

  expect((await pair.user2.api.get(`/api/session/${id}`)).body.status).toBe('cancelled')
  const again = await pair.user1.api.post('/api/session/create', await sessionBody(pair))
  expect([again.status, again.body.code]).toEqual([400, 'MATCH_ENDED'])
  const confirmed = await pair.user1.api.post(`/api/session/${id}/confirm`, { buddy_user_id: pair.user2.id })
  expect([confirmed.status, confirmed.body.code]).toEqual([400, 'SESSION_CANCELLED'])
  await eventually(async () => {
    const events = await collectEvents(system, 'belay.evt.sessions.buddy-session.cancelled.v1')
    expect(events.filter(({ subject }) => subject === id).map(({ data }) => data)).toMatchObject([
      { status: 'cancelled', cause: 'unmatched', actor_id: pair.user1.id, version: 2 }
    ])
  })
})

test('an end that arrives after the next match cancels only what was scheduled before it', async () => {
  const pair = await makePair(system)
  const before = await schedule(pair)
  const endedAt = new Date((await pair.user1.api.get(`/api/session/${before}`)).body.created_at)
  await deliver(system, eventOf(MatchCreated, matchOf(pair, 3)))
  await endMatch(system, pair, { version: 2, time: endedAt })
  expect((await pair.user1.api.get(`/api/session/${before}`)).body.status).toBe('cancelled')

  const after = await schedule(pair)
  await endMatch(system, pair, { version: 2, time: endedAt })
  expect((await pair.user1.api.get(`/api/session/${after}`)).body.status).toBe('scheduled')
})
