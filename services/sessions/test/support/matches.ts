import { randomUUID } from 'node:crypto'
import { type EventOf, MatchCreated, MatchEnded } from '@belay/contracts'
import { registerUser, type TestUser, eventOf, eventually } from '@belay/testing'
import type { SharedSystem } from '@belay/testing'
import { deliver } from './bus.ts'
import { expectStatus } from './gatherings.ts'

type Reason = EventOf<typeof MatchEnded>['data']['reason']

/** Two people who matched; `user1` has the lower id. */
export interface Pair {
  matchId: string
  user1: TestUser
  user2: TestUser
}

export async function makePair(system: SharedSystem): Promise<Pair> {
  const [one, other] = await Promise.all([registerUser(system), registerUser(system)])
  const [user1, user2] = one.id < other.id ? [one, other] : [other, one]
  const pair = { matchId: randomUUID(), user1, user2 }
  await deliver(system, eventOf(MatchCreated, matchOf(pair, 1)))
  return pair
}

export const matchOf = (pair: Pair, version: number) => ({
  match_id: pair.matchId,
  user_ids: [pair.user2.id, pair.user1.id],
  version,
  actor_id: pair.user1.id,
  created_at: new Date().toISOString()
})

export async function endMatch(
  system: SharedSystem,
  pair: Pair,
  { version = 2, reason = 'unmatched', time = new Date() }: { version?: number; reason?: Reason; time?: Date } = {}
): Promise<void> {
  const { matchId: match_id, user1, user2 } = pair
  await deliver(
    system,
    eventOf(MatchEnded, { match_id, user_ids: [user1.id, user2.id], version, reason, actor_id: user1.id }, time)
  )
}

/** Two challenges, of 10 and 60 points in the starter set. */
export async function challengesOf(
  by: TestUser
): Promise<[{ id: string; points: number }, { id: string; points: number }]> {
  const { challenges } = expectStatus(await by.api.get('/api/challenges'), 200)
  return [challenges[0], challenges.at(-1)]
}

/** The body of a proper session in an hour, but for what is overridden. */
export async function sessionBody(pair: Pair, overrides: Record<string, unknown> = {}) {
  const [easy, hard] = await challengesOf(pair.user1)
  return {
    match_id: pair.matchId,
    venue_name: 'Blue Bottle Coffee',
    time: new Date(Date.now() + 3_600_000).toISOString(),
    user1_challenge_id: easy.id,
    user2_challenge_id: hard.id,
    ...overrides
  }
}

/** The id of a new session. */
export async function schedule(pair: Pair, overrides: Record<string, unknown> = {}): Promise<string> {
  return expectStatus(await pair.user1.api.post('/api/session/create', await sessionBody(pair, overrides)), 201)
    .session_id
}

/** The id of a session whose time has just come. */
export async function scheduleBegun(pair: Pair): Promise<string> {
  const begins = Date.now() + 1_000
  const id = await schedule(pair, { time: new Date(begins).toISOString() })
  await eventually(() => {
    if (Date.now() <= begins) throw new Error('the session has not begun')
  })
  return id
}

/** Confirms the other of the two. */
export function confirm(pair: Pair, by: TestUser, sessionId: string, buddyId?: string) {
  const buddy = by.id === pair.user1.id ? pair.user2 : pair.user1
  return by.api.post(`/api/session/${sessionId}/confirm`, { buddy_user_id: buddyId ?? buddy.id })
}
