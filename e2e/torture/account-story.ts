import { eventually, invitation, openSocket, type TestSocket, type TestUser } from '@belay/testing'
import { setTimeout as wait } from 'node:timers/promises'
import { listen } from '../lib/listener.ts'
import { command } from './calls.ts'
import { expectObeyed, type Rule } from './obey.ts'
import { newPeople } from './people.ts'
import { PromiseBroken } from './promise-broken.ts'
import { expectEvent, expectNotice, type Round } from './round.ts'
import { expectShutOut } from './socket-refusals.ts'
import { openTraffic, type Traffic } from './traffic.ts'
import { expectWholeThread } from './whole-thread.ts'

/** One of two people is shut out and let in again, then blocked and unblocked by the other. */
export async function playAccounts(round: Round, name: string): Promise<void> {
  const random = round.random.fork(name)
  const [inviter, invitee] = await newPeople(round, 2)
  if (inviter === undefined || invitee === undefined) return
  const body = await invitation(inviter, invitee)
  for (let chapter = 0; chapter === 0 || round.goesOn(); chapter += 1) {
    const invited = await command(round, inviter, { method: 'POST', path: '/api/sessions/', body })
    const id: string = invited.body.id
    expectEvent(round, 'sessions.session.invited', id)
    expectNotice(round, invitee, 'session_invited', id)
    const traffic = openTraffic(round, random.fork(`chapter ${chapter}`), id)
    const listeners = [await listen(round.system, id, invitee.token)]
    void traffic.add({ writer: invitee, over: 'http' })
    await disable(round, inviter, id, traffic)
    await wait(random.int(0, 500))
    await block(round, { inviter, invitee, id, body }, traffic)
    await traffic.finished
    await expectWholeThread(round, { threadId: id, traffic, listeners })
  }
}

async function disable(round: Round, person: TestUser, id: string, traffic: Traffic): Promise<void> {
  const path = `/api/admin/users/${person.id}/`
  const open = await openAnywhere(round, person)
  await command(round, round.admin, { method: 'PATCH', path, body: { disabled: true } })
  await Promise.all([
    expectObeyed(round, 'disable', everywhere(person, id, traffic, 403)),
    expectShutOut(round, 'disable', person),
    expectClosed(open)
  ])
  await command(round, round.admin, { method: 'PATCH', path, body: { disabled: false } })
  for (const { body } of await expectObeyed(round, 'enable', everywhere(person, id, traffic, 200))) {
    if (body.client_msg_id) traffic.acknowledged.set(body.client_msg_id, { seq: body.seq, id: body.id })
  }
}

function openAnywhere({ system }: Round, { id, token }: TestUser): Promise<TestSocket> {
  const url = `${system.url.replace(/^http/, 'ws')}/ws/${id}?token=${token}`
  return eventually(() => openSocket(url), { withinMs: 60_000 })
}

/** Closed for any reason; on a quiet machine within two seconds. */
async function expectClosed(socket: TestSocket): Promise<void> {
  const end = await Promise.race([socket.closed, wait(60_000, undefined, { ref: false })])
  if (end === undefined) throw new PromiseBroken('the sockets of a disabled person are closed', {})
}

interface Blocking {
  inviter: TestUser
  invitee: TestUser
  id: string
  body: object
}

async function block(round: Round, { inviter, invitee, id, body }: Blocking, traffic: Traffic): Promise<void> {
  const path = `/api/v1/users/${inviter.id}/block`
  traffic.mayEnd()
  await command(round, invitee, { method: 'POST', path, body: {} })
  traffic.hasEnded()
  expectEvent(round, 'sessions.session.cancelled', id)
  const both = [inviter, invitee]
  await expectObeyed(round, 'block', [
    ...both.flatMap((person): Rule[] => [
      { service: 'sessions', person, method: 'GET', path: `/api/sessions/${id}/`, ...cancelled },
      writing(person, id, traffic, [400])
    ]),
    { service: 'people', person: inviter, method: 'GET', path: `/api/users/${invitee.id}/`, answers: [404] },
    { service: 'sessions', person: inviter, method: 'POST', path: '/api/sessions/', body, answers: [404] }
  ])
  await command(round, invitee, { method: 'DELETE', path })
  await expectObeyed(round, 'unblock', [
    { service: 'people', person: inviter, method: 'GET', path: `/api/users/${invitee.id}/`, answers: [200] }
  ])
}

const cancelled: Pick<Rule, 'answers' | 'shows'> = { answers: [200], shows: (body) => body.status === 'cancelled' }

function everywhere(person: TestUser, id: string, traffic: Traffic, status: 200 | 403): Rule[] {
  const read = (service: Rule['service'], path: string): Rule => {
    return { service, person, method: 'GET', path, answers: [status] }
  }
  return [
    read('people', '/api/users/me/'),
    read('sessions', '/api/sessions/'),
    read('chat', `/api/sessions/${id}/messages/`),
    read('notifications', '/api/notifications/'),
    writing(person, id, traffic, status === 403 ? [403] : [201, 200])
  ]
}

function writing(person: TestUser, id: string, traffic: Traffic, answers: readonly number[]): Rule {
  const path = `/api/sessions/${id}/messages/`
  return { service: 'chat', person, method: 'POST', path, body: () => traffic.probe(), answers }
}
