import type { TestUser } from '@belay/testing'
import { answerOf, command } from './calls.ts'
import { expectObeyed, type Rule } from './obey.ts'
import type { Random } from './random.ts'
import { expectEvent, expectNotice, type Round } from './round.ts'
import { expectJoinRefused } from './socket-refusals.ts'
import type { Traffic } from './traffic.ts'

/** An event and its group. */
export interface Gathering {
  eventId: string
  threadId: string
  host: TestUser
  autoAccept: boolean
  traffic: Traffic
}

/** Asks to join and is answered by the host; the guest of a declined request must not be in the group. */
export async function ask(
  round: Round,
  random: Random,
  { eventId, host, threadId, autoAccept }: Gathering,
  guest: TestUser,
  action: 'accept' | 'decline'
): Promise<{ requestId: string; threadId: string }> {
  const body = { event_id: eventId, host_id: host.id }
  const asked = await command(round, guest, { method: 'POST', path: '/requests', body })
  const requestId: string = asked.body.request_id
  expectEvent(round, 'sessions.request.submitted', requestId)
  expectNotice(round, host, 'event_request_received', requestId)
  if (asked.body.status === 'ACCEPTED') {
    expectEvent(round, 'sessions.request.accepted', requestId)
    return { requestId, threadId: asked.body.thread_id }
  }
  const talked = !autoAccept && random.chance(0.5)
  if (talked) await writeToGuest(round, host, guest, requestId)
  const act = { method: 'POST', path: `/requests/${requestId}/act`, body: { action } } as const
  const acted = await command(round, host, act)
  expectEvent(round, `sessions.request.${action === 'accept' ? 'accepted' : 'declined'}`, requestId)
  expectNotice(round, guest, action === 'accept' ? 'event_request_accepted' : 'event_request_declined', requestId)
  if (talked) await expectRequestThread(round, host, guest, requestId, action)
  if (action === 'decline') await expectObeyed(round, 'decline a request', outside(guest, threadId))
  return { requestId, threadId: acted.body.thread_id }
}

/** Before the answer only the host may write; the guest reads it. */
async function writeToGuest(round: Round, host: TestUser, guest: TestUser, requestId: string): Promise<void> {
  const body = { body: 'What do you bring?' }
  await command(round, host, { method: 'POST', path: `/requests/${requestId}/messages`, body })
  const path = `/threads/${requestId}/messages`
  await expectObeyed(round, 'write to a guest', [
    { service: 'chat', person: guest, method: 'GET', path, answers: [200], shows: (page) => page.length === 1 },
    { service: 'chat', person: guest, method: 'POST', path, body, answers: [403] }
  ])
}

/** With the host's answer the thread of the request is open to both, or closed to both. */
function expectRequestThread(
  round: Round,
  host: TestUser,
  guest: TestUser,
  requestId: string,
  action: 'accept' | 'decline'
): Promise<unknown> {
  const answers = action === 'accept' ? [201] : [400]
  const path = `/threads/${requestId}/messages`
  const body = { body: 'A rope' }
  return expectObeyed(
    round,
    `${action} a request with words`,
    [host, guest].map((person) => ({ service: 'chat', person, method: 'POST', path, body, answers }))
  )
}

/** Joins: reads and writes at every replica from the answer on. */
export async function join(
  round: Round,
  random: Random,
  group: Gathering,
  guest: TestUser
): Promise<{ requestId: string; threadId: string }> {
  const { requestId, threadId } = await ask(round, random, group, guest, 'accept')
  const path = `/threads/${threadId}`
  const rules: Rule[] = [
    { service: 'chat', person: guest, method: 'GET', path: `${path}/messages`, answers: [200] },
    { service: 'chat', person: guest, method: 'GET', path: `${path}/details`, answers: [200] },
    listsGuest(group.host, threadId, guest, true)
  ]
  // The first one opens the group: there is no traffic yet to count it in.
  if (group.threadId !== '' && random.chance(0.7)) rules.push(writesNow(group, guest))
  for (const { body } of await expectObeyed(round, 'join', rules)) note(group, body)
  return { requestId, threadId }
}

function writesNow({ threadId, traffic }: Gathering, guest: TestUser): Rule {
  return {
    service: 'chat',
    person: guest,
    method: 'POST',
    path: `/threads/${threadId}/messages`,
    body: () => traffic.probe(),
    // 400: a duplicate, when the first answer was lost.
    answers: [201, 400],
    shows: (body) => body.code === undefined || body.code === 'DUPLICATE_MESSAGE'
  }
}

function note({ traffic }: Gathering, body: { client_msg_id?: string; message?: object }): void {
  const stored: { client_msg_id?: string; seq?: number; id?: string } = body.message ?? body
  const { client_msg_id, seq, id } = stored
  if (client_msg_id && seq !== undefined && id !== undefined) traffic.acknowledged.set(client_msg_id, { seq, id })
}

/** Withdraws; out everywhere when the 2xx is here, which is the time that is returned. */
export async function withdraw(round: Round, group: Gathering, guest: TestUser, requestId: string): Promise<number> {
  const answer = await command(round, guest, { method: 'DELETE', path: `/requests/${requestId}` })
  // The first answer was lost, and the repeat says that it is done: it promises no instant.
  if (answer.status !== 204) await untilOut(round, group, guest)
  const leftAt = performance.now()
  expectEvent(round, 'sessions.request.withdrawn', requestId)
  await Promise.all([
    expectObeyed(round, 'withdraw', [
      ...outside(guest, group.threadId, group.traffic),
      listsGuest(group.host, group.threadId, guest, false)
    ]),
    expectJoinRefused(round, 'withdraw', guest, group.threadId)
  ])
  return leftAt
}

async function untilOut(round: Round, { threadId }: Gathering, guest: TestUser): Promise<void> {
  const deadline = performance.now() + 60_000
  while (performance.now() < deadline) {
    const { answer } = await answerOf(round, guest.api, { method: 'GET', path: `/threads/${threadId}/details` })
    if (answer.status === 403) return
  }
}

/** Nothing of the thread is for this person. */
function outside(person: TestUser, threadId: string, traffic?: Traffic): Rule[] {
  if (threadId === '') return []
  const at = (method: 'GET' | 'POST', path: string, body?: unknown): Rule => ({
    service: 'chat',
    person,
    method,
    path: `/threads/${threadId}${path}`,
    answers: [403],
    ...(body === undefined ? {} : { body })
  })
  return [
    at('GET', '/messages'),
    at('GET', '/details'),
    at('GET', '/participants'),
    at('POST', '/read', { last_read_seq: 1 }),
    ...(traffic ? [at('POST', '/messages', () => traffic.probe())] : [])
  ]
}

function listsGuest(host: TestUser, threadId: string, guest: TestUser, listed: boolean): Rule {
  return {
    service: 'chat',
    person: host,
    method: 'GET',
    path: `/threads/${threadId}/participants`,
    answers: [200],
    shows: (body) => body.some((one: { user_id: string }) => one.user_id === guest.id) === listed
  }
}
