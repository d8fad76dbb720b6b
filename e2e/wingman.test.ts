import { type Answer, collectEvents, eventually, type Json, type TestUser, useSystem } from '@belay/testing'
import { afterEach, expect, test } from 'vitest'
import { type Couple, makeCouple, messagesOf } from './lib/couple.ts'
import { connect } from './lib/socket-io.ts'

const system = useSystem({ ownProcesses: ['sessions', 'notifications'], env: { RATE_LIMITS: 'off' } })
const points = { user1: 10, user2: 60 }

/** Holds the process of notifications still, or lets it go on. */
function signalNotifications(signal: 'SIGSTOP' | 'SIGCONT'): void {
  const { pid } = system.process('notifications')
  if (pid === undefined) throw new Error('notifications does not run')
  process.kill(pid, signal)
}

afterEach(() => signalNotifications('SIGCONT'))

/** The body of a 2xx. */
function bodyOf({ status, body }: Answer): Json {
  if (status >= 300) throw new Error(`the call responded ${status}: ${JSON.stringify(body)}`)
  return body
}

/** The couple in the order of their ids. */
const inOrder = ({ one, other }: Couple): [TestUser, TestUser] => (one.id < other.id ? [one, other] : [other, one])

async function planOf(couple: Couple, inMs: number) {
  const { challenges } = bodyOf(await couple.one.api.get('/api/challenges'))
  const withPoints = (wanted: number) => challenges.find((challenge: Json) => challenge.points === wanted).id
  return {
    match_id: couple.id,
    venue_name: 'Blue Bottle Coffee',
    time: new Date(Date.now() + inMs).toISOString(),
    user1_challenge_id: withPoints(points.user1),
    user2_challenge_id: withPoints(points.user2)
  }
}

/** Schedules a session as the first of the two and returns its id. */
async function schedule(couple: Couple, inMs = 3_600_000): Promise<string> {
  return bodyOf(await couple.one.api.post('/api/session/create', await planOf(couple, inMs))).session_id
}

const read = async (as: TestUser, id: string) => bodyOf(await as.api.get(`/api/session/${id}`))

/** Schedules sessions whose time has just come. */
async function scheduleBegun(...couples: Couple[]): Promise<string[]> {
  const ids = await Promise.all(couples.map((couple) => schedule(couple, 2_000)))
  const begins = Date.now() + 2_000
  await eventually(() => {
    expect(Date.now()).toBeGreaterThan(begins)
  })
  return ids
}

const confirm = (by: TestUser, buddy: TestUser, id: string, headers?: Record<string, string>) =>
  by.api.post(`/api/session/${id}/confirm`, { buddy_user_id: buddy.id }, headers)

const reputationOf = async (person: TestUser) => bodyOf(await person.api.get(`/api/user/reputation/${person.id}`))

const inboxOf = async (person: TestUser, type: string): Promise<Json[]> =>
  bodyOf(await person.api.get(`/api/notifications/?type=${type}`)).results

async function eventsOf(sessionId: string, verb: string) {
  const events = await collectEvents(system, `belay.evt.sessions.buddy-session.${verb}.v1`)
  return events.filter(({ subject }) => subject === sessionId)
}

/** Expects one completion of a session: one time, one pair of credits and one event each. */
async function expectCompletedOnce(couple: Couple, sessionId: string): Promise<void> {
  const [user1, user2] = inOrder(couple)
  const seen = await Promise.all([read(user1, sessionId), read(user2, sessionId)])
  const { completed_at } = seen[0]
  expect(completed_at).toEqual(expect.any(String))
  for (const session of seen) expect(session).toMatchObject({ status: 'completed', completed_at })
  expect(await reputationOf(user1)).toMatchObject({ score: points.user1, completed_sessions: 1 })
  expect(await reputationOf(user2)).toMatchObject({ score: points.user2, completed_sessions: 1 })
  await eventually(async () => {
    const [confirmed, completed] = await Promise.all([
      eventsOf(sessionId, 'confirmed'),
      eventsOf(sessionId, 'completed')
    ])
    expect(confirmed).toHaveLength(2)
    expect(new Set(confirmed.map(({ data }) => data['actor_id']))).toEqual(new Set([user1.id, user2.id]))
    expect(completed.map(({ data }) => data)).toMatchObject([
      {
        completed_at,
        credits: [
          { user_id: user1.id, points: points.user1 },
          { user_id: user2.id, points: points.user2 }
        ]
      }
    ])
  })
}

test('two people who matched schedule a session, and see it in their conversation, live, and in their inboxes', async () => {
  const couple = await makeCouple(system)
  const { one, other, id: matchId } = couple
  const atOther = await connect(system, other)
  const [sessionId = ''] = await scheduleBegun(couple)

  await eventually(async () => {
    expect(await inboxOf(other, 'buddy_session_scheduled')).toMatchObject([
      { actor: { id: one.id }, data: { session_id: sessionId, match_id: matchId } }
    ])
  })
  expect(await inboxOf(one, 'buddy_session_scheduled')).toEqual([])
  bodyOf(await confirm(one, other, sessionId))
  bodyOf(await confirm(other, one, sessionId))

  await expectCompletedOnce(couple, sessionId)
  const said = { conversation_id: matchId, sender_id: null }
  expect(await atOther.next('new_message', ({ seq }) => seq === 1)).toMatchObject(said)
  const completed = await atOther.next('new_message', ({ seq }) => seq === 2)
  expect(completed).toMatchObject({ ...said, content: 'The session is completed.' })
  for (const person of [one, other]) {
    await eventually(async () => {
      expect(await inboxOf(person, 'buddy_session_completed')).toMatchObject([{ data: { session_id: sessionId } }])
    })
    await eventually(async () => {
      const { messages } = bodyOf(await person.api.get(`/api/chat/messages/${matchId}`))
      expect(messages).toMatchObject([
        { sender_id: null, message_text: expect.stringContaining('A session is scheduled at Blue Bottle Coffee') },
        { sender_id: null, message_text: 'The session is completed.' }
      ])
    })
    expect(await messagesOf(person, matchId)).toMatchObject([{ seq: 1 }, { seq: 2 }])
  }
}, 60_000)

test('confirmations of both at the same instant complete each session once', async () => {
  const couples = await Promise.all(Array.from({ length: 8 }, () => makeCouple(system)))
  const sessionIds = await scheduleBegun(...couples)

  for (const [index, couple] of couples.entries()) {
    const { one, other } = couple
    const sessionId = sessionIds[index] ?? ''
    const calls = [0, 1].flatMap(() => [confirm(one, other, sessionId), confirm(other, one, sessionId)])
    const answers = await Promise.all(calls)
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(2)
    expect(answers.filter(({ body }) => body.session_completed)).toHaveLength(1)
    expect(answers.flatMap(({ body }) => body.code ?? [])).toEqual(Array(2).fill('ALREADY_CONFIRMED'))
    await expectCompletedOnce(couple, sessionId)
  }
}, 60_000)

test.each([
  {
    end: 'an unmatch',
    cause: 'unmatched',
    notified: 1,
    run: ({ one, id }: Couple) => one.api.delete(`/api/v1/matches/${id}`)
  },
  {
    end: 'a block',
    cause: 'blocked',
    notified: 0,
    run: ({ one, other }: Couple) => one.api.post(`/api/v1/users/${other.id}/block`, { reason: 'spam' })
  },
  {
    end: 'an erased account',
    cause: 'deleted',
    notified: 1,
    run: ({ one }: Couple) => one.api.delete('/api/users/me/', { password: one.password })
  }
])('$end cancels what the two scheduled, at once', async ({ cause, notified, run }) => {
  const couple = await makeCouple(system)
  const sessionId = await schedule(couple)

  bodyOf(await run(couple))

  const { one, other } = couple
  expect(await read(other, sessionId)).toMatchObject({ status: 'cancelled', completed_at: null })
  const next = await other.api.post('/api/session/create', await planOf({ ...couple, one: other }, 60_000))
  expect([next.status, next.body.code]).toEqual([400, 'MATCH_ENDED'])
  const late = await confirm(other, one, sessionId)
  expect([late.status, late.body.code]).toEqual([400, 'SESSION_CANCELLED'])
  await eventually(async () => {
    expect((await eventsOf(sessionId, 'cancelled')).map(({ data }) => data)).toMatchObject([{ cause, version: 2 }])
    expect(await inboxOf(other, 'buddy_session_cancelled')).toHaveLength(notified)
  })
})

test('a confirmation that is written but not answered when sessions is killed counts once', async () => {
  const couple = await makeCouple(system)
  const { one, other } = couple
  const [sessionId = ''] = await scheduleBegun(couple)
  bodyOf(await confirm(one, other, sessionId))
  const confirmWithKey = () => confirm(other, one, sessionId, { 'idempotency-key': sessionId })

  // The answer waits for the inboxes a little: what is committed then is not answered yet.
  signalNotifications('SIGSTOP')
  const interrupted = confirmWithKey().catch(() => undefined)
  await eventually(async () => {
    const rows = await system.sql('select status from sessions.buddy_sessions where id = $1', [sessionId])
    expect(rows).toEqual([{ status: 'completed' }])
  })
  await system.kill('sessions', 'SIGKILL')
  expect((await interrupted)?.status).not.toBe(200)
  signalNotifications('SIGCONT')
  await system.restart('sessions')

  const repeated = await eventually(async () => bodyOf(await confirmWithKey()))
  expect(repeated).toMatchObject({ session_status: 'completed', session_completed: true })
  const withoutKey = await confirm(other, one, sessionId)
  expect([withoutKey.status, withoutKey.body.detail]).toEqual([400, 'Already confirmed'])
  await expectCompletedOnce(couple, sessionId)
  for (const person of [one, other]) {
    await eventually(async () => {
      expect(await inboxOf(person, 'buddy_session_completed')).toHaveLength(1)
      expect(await messagesOf(person, couple.id)).toHaveLength(2)
    })
  }
}, 60_000)
