import { createApi, openSessionSocket, type TestUser } from '@belay/testing'
import { serviceNames } from '@belay/launcher'
import { setTimeout as wait } from 'node:timers/promises'
import { PromiseBroken } from './promise-broken.ts'
import { replicasOf } from './replicas.ts'
import type { Round } from './round.ts'

/** Two people who try everything after a fault. */
export interface Probers {
  inviter: TestUser
  invitee: TestUser
  /** Of the invitation. */
  body: object
}

const servesWithinMs = 60_000

/** How long the system took to serve again, and what stood in the way last. */
export interface Recovery {
  milliseconds: number
  /** Empty when nothing did. */
  waitedFor: string
}

/** Resolves once every process is ready and a whole story has gone through; the time counts from `overAt` on. */
export async function untilServing(round: Round, probers: Probers, overAt: number): Promise<Recovery> {
  const deadline = performance.now() + servesWithinMs
  for (let last = ''; ;) {
    round.aborted.throwIfAborted()
    try {
      await everyProcessReady(round)
      await wholeStory(round, probers)
      return { milliseconds: Math.round(performance.now() - overAt), waitedFor: last }
    } catch (error) {
      last = `${Math.round(performance.now() - overAt)} ms: ${error instanceof Error ? error.message : 'no answer'}`
    }
    if (performance.now() > deadline) throw new PromiseBroken('the system serves again after a fault', { last })
    await wait(50)
  }
}

async function everyProcessReady({ system }: Round): Promise<void> {
  await Promise.all(
    serviceNames.flatMap((service) =>
      replicasOf(service).map(async (index) => {
        const { port } = system.process(service, index)
        const { status, body } = await createApi(`http://127.0.0.1:${port}`).get('/readyz')
        if (status !== 200) throw new Error(`${service}-${index} is not ready: ${JSON.stringify(body)}`)
      })
    )
  )
}

/** An invitation, a message that arrives on a socket, the inbox, and the end. */
async function wholeStory({ system }: Round, { inviter, invitee, body }: Probers): Promise<void> {
  const done = async (call: Promise<{ status: number; body: unknown }>, ...statuses: number[]) => {
    const answer = await call
    if (!statuses.includes(answer.status)) throw new Error(`${answer.status}: ${JSON.stringify(answer.body)}`)
    return answer
  }
  await freeTheDay(inviter)
  const { body: session } = await inviter.api.post('/api/sessions/', body)
  const path = `/api/sessions/${session.id}`
  const socket = await openSessionSocket(system, session.id, invitee.token, { afterSeq: 0 })
  try {
    await done(inviter.api.post(`${path}/messages/`, { body: 'Are you there?' }), 201)
    await socket.next((frame) => frame['type'] === 'message', { withinMs: 5_000 })
  } finally {
    socket.terminate()
  }
  await done(invitee.api.get('/api/notifications/unread_count/'), 200)
  await done(invitee.api.get('/api/users/me/'), 200)
  await done(inviter.api.post(`${path}/cancel/`), 200)
}

/** What an attempt before this one left behind. */
async function freeTheDay({ api }: TestUser): Promise<void> {
  const open = await api.get('/api/sessions/?status=pending')
  for (const session of open.body.results ?? []) await api.post(`/api/sessions/${session.id}/cancel/`)
}
