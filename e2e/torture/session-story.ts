import { invitation } from '@belay/testing'
import type { TestUser } from '@belay/testing'
import { setTimeout as wait } from 'node:timers/promises'
import { listen } from '../lib/listener.ts'
import { command } from './calls.ts'
import { expectObeyed, type Rule } from './obey.ts'
import { newPeople } from './people.ts'
import type { Random } from './random.ts'
import { expectEvent, expectNotice, type Round } from './round.ts'
import { expectSocketRefused } from './socket-refusals.ts'
import { expectWholeThread } from './whole-thread.ts'
import { type Traffic, writeSession } from './traffic.ts'

/** Two people and what inviting takes. */
interface Pair {
  inviter: TestUser
  invitee: TestUser
  body: object
}

/** Two people invite, talk, accept or not, and end it in mid-traffic; again and again while the round goes on. */
export async function playSessions(round: Round, name: string): Promise<void> {
  const random = round.random.fork(name)
  const [inviter, invitee] = await newPeople(round, 2)
  if (inviter === undefined || invitee === undefined) return
  const pair = { inviter, invitee, body: await invitation(inviter, invitee) }
  for (let chapter = 0; chapter === 0 || round.goesOn(); chapter += 1) {
    await playSession(round, random.fork(`chapter ${chapter}`), pair)
  }
}

async function playSession(round: Round, random: Random, { inviter, invitee, body }: Pair): Promise<void> {
  const invited = await command(round, inviter, { method: 'POST', path: '/api/sessions/', body })
  const id: string = invited.body.id
  expectEvent(round, 'sessions.session.invited', id)
  expectNotice(round, invitee, 'session_invited', id)
  await expectObeyed(round, 'invite', [...shows(id, [inviter, invitee], 'pending'), ...reads(id, [inviter, invitee])])
  const people = [inviter, invitee]
  const listeners = await Promise.all(people.map((person) => listen(round.system, id, person.token)))
  const traffic = writeSession(round, random, id, people)
  await wait(random.int(100, 900))
  const accepted = random.chance(0.6)
  if (accepted) await accept(round, id, { inviter, invitee }, traffic)
  await wait(random.int(100, 1_200))
  const closing = await end(round, random, id, { inviter, invitee }, accepted, traffic)
  await traffic.finished
  await expectWholeThread(round, { threadId: id, traffic, listeners, closing })
}

async function accept(round: Round, id: string, people: Omit<Pair, 'body'>, traffic: Traffic): Promise<void> {
  await command(round, people.invitee, { method: 'POST', path: `/api/sessions/${id}/accept/` })
  expectEvent(round, 'sessions.session.accepted', id)
  expectNotice(round, people.inviter, 'session_accepted', id)
  const written = await expectObeyed(round, 'accept', [
    ...shows(id, [people.inviter, people.invitee], 'accepted'),
    ...writes(id, [people.inviter, people.invitee], traffic, [201, 200])
  ])
  for (const { body } of written) {
    if (body.client_msg_id) traffic.acknowledged.set(body.client_msg_id, { seq: body.seq, id: body.id })
  }
}

/** Ends the session in one of the ways it may end in its state; returns the words that close it. */
async function end(
  round: Round,
  random: Random,
  id: string,
  { inviter, invitee }: Omit<Pair, 'body'>,
  accepted: boolean,
  traffic: Traffic
): Promise<string | undefined> {
  const move = random.pick(accepted ? (['cancel', 'complete'] as const) : (['cancel', 'decline'] as const))
  const actor = move === 'decline' ? invitee : random.pick([inviter, invitee])
  const words = move !== 'complete' && random.chance(0.5) ? `It is over ${random.int(1, 1e6)}` : undefined
  const body = words === undefined ? undefined : move === 'cancel' ? { reason: words } : { message: words }
  traffic.mayEnd()
  await command(round, actor, { method: 'POST', path: `/api/sessions/${id}/${move}/`, ...(body && { body }) })
  traffic.hasEnded()
  const status = ({ cancel: 'cancelled', complete: 'completed', decline: 'declined' } as const)[move]
  expectEvent(round, `sessions.session.${status}`, id)
  const other = actor === inviter ? invitee : inviter
  const told = move === 'complete' ? [inviter, invitee] : [other]
  const type = move === 'complete' ? 'feedback_requested' : `session_${status}`
  for (const person of told) expectNotice(round, person, type, id)
  await Promise.all([
    expectObeyed(round, move, [
      ...shows(id, [inviter, invitee], status),
      ...reads(id, [inviter, invitee]),
      ...writes(id, [inviter, invitee], traffic, [400])
    ]),
    expectSocketRefused(round, { after: move, sessionId: id, person: other, traffic })
  ])
  return words === undefined ? undefined : move === 'cancel' ? `Cancelled: ${words}` : words
}

const shows = (id: string, people: TestUser[], status: string): Rule[] =>
  people.map((person) => {
    const path = `/api/sessions/${id}/`
    return { service: 'sessions', person, method: 'GET', path, answers: [200], shows: (body) => body.status === status }
  })

const reads = (id: string, people: TestUser[]): Rule[] =>
  people.map((person) => {
    return { service: 'chat', person, method: 'GET', path: `/api/sessions/${id}/messages/`, answers: [200] }
  })

/** Of a message that was taken, but whose answer was lost, the repeat says 200. */
const writes = (id: string, people: TestUser[], traffic: Traffic, answers: readonly number[]): Rule[] =>
  people.map((person) => {
    const path = `/api/sessions/${id}/messages/`
    return { service: 'chat', person, method: 'POST', path, body: () => traffic.probe(), answers }
  })
