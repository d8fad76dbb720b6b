import type { TestUser } from '@belay/testing'
import { setTimeout as wait } from 'node:timers/promises'
import { listenAsMember } from '../lib/member-listener.ts'
import { answerOf, command } from './calls.ts'
import { ask, type Gathering, join, withdraw } from './gathering.ts'
import { expectObeyed } from './obey.ts'
import { newPeople } from './people.ts'
import { PromiseBroken } from './promise-broken.ts'
import type { Random } from './random.ts'
import { expectEvent, expectNotice, type Round } from './round.ts'
import { openTraffic } from './traffic.ts'
import { expectVisitHeard } from './visit-heard.ts'
import { expectWholeThread } from './whole-thread.ts'

/**
 * A host's group with members who stay, one who is never online, and visitors who come and go in mid-traffic; in the end
 * the host calls the event off.
 */
export async function playGroup(round: Round, name: string): Promise<void> {
  const random = round.random.fork(name)
  const [host, absent, ...others] = await newPeople(round, 7)
  if (host === undefined || absent === undefined) return
  const [members, visitors] = [others.slice(0, 2), others.slice(2)]
  const group = await openGathering(round, random, host, absent)
  for (const member of members) await join(round, random, group, member)
  const stayed = [absent, ...members]
  await moveTo(round, group, 'Court 2', stayed)
  const stay = [host, ...members]
  const listeners = stay.map((person) => listenAsMember(round.system, person, group.threadId))
  for (const [index, writer] of stay.entries()) {
    void group.traffic.add({ writer, over: index % 2 === 0 ? 'group' : 'group-key' })
  }

  await Promise.all(
    visitors.map((visitor, index) => visitAgain(round, random.fork(`visitor ${index}`), group, visitor))
  )
  await callOff(round, group, stayed)
  await group.traffic.finished
  const written = await expectWholeThread(round, { threadId: group.threadId, traffic: group.traffic, listeners })
  await expectCounted(round, group.threadId, absent, written)
}

/** The group opens with its first guest. */
async function openGathering(round: Round, random: Random, host: TestUser, first: TestUser): Promise<Gathering> {
  const auto_accept = random.chance(0.5)
  const event = { title: 'Morning Tennis Match', starts_at: '2099-06-01T09:00:00.000Z', capacity: 20, auto_accept }
  const created = await command(round, host, { method: 'POST', path: '/events', body: event })
  const eventId: string = created.body.id
  expectEvent(round, 'sessions.event.created', eventId)
  const opening = { eventId, threadId: '', host, autoAccept: auto_accept, traffic: openTraffic(round, random, '') }
  const { threadId } = await join(round, random, opening, first)
  return { ...opening, threadId, traffic: openTraffic(round, random, threadId) }
}

/** The guests are told, and the group. */
async function moveTo(round: Round, { eventId, host }: Gathering, location: string, guests: TestUser[]): Promise<void> {
  await command(round, host, { method: 'PUT', path: `/events/${eventId}`, body: { location } })
  expectEvent(round, 'sessions.event.updated', eventId)
  for (const guest of guests) expectNotice(round, guest, 'event_updated', eventId)
}

async function visitAgain(round: Round, random: Random, group: Gathering, visitor: TestUser): Promise<void> {
  for (let visit = 0; visit === 0 || round.goesOn(); visit += 1) {
    if (!group.autoAccept && random.chance(0.2)) await ask(round, random, group, visitor, 'decline')
    else await stayAWhile(round, random, group, visitor)
    await wait(random.int(0, 300))
  }
}

async function stayAWhile(round: Round, random: Random, group: Gathering, visitor: TestUser): Promise<void> {
  const { requestId } = await join(round, random, group, visitor)
  const listener = listenAsMember(round.system, visitor, group.threadId)
  let leaving = false
  const writing = group.traffic.add({ writer: visitor, over: 'group', until: () => leaving })
  await wait(random.int(100, 1_200))
  leaving = true
  // Withdrawing in the middle of one's own sentence is another matter than in the middle of others'.
  if (random.chance(0.5)) await writing
  const leftAt = await withdraw(round, group, visitor, requestId)
  await writing
  await expectVisitHeard(round, group, listener, leftAt)
}

/** The host cancels the event: the group stays readable and takes nothing more. */
async function callOff(
  round: Round,
  { eventId, threadId, host, traffic }: Gathering,
  guests: TestUser[]
): Promise<void> {
  traffic.mayEnd()
  await command(round, host, { method: 'DELETE', path: `/events/${eventId}` })
  traffic.hasEnded()
  expectEvent(round, 'sessions.event.cancelled', eventId)
  for (const guest of guests) expectNotice(round, guest, 'event_cancelled', eventId)
  const path = `/threads/${threadId}/messages`
  await expectObeyed(
    round,
    'cancel the event',
    [host, ...guests].flatMap((person) => [
      { service: 'chat', person, method: 'GET', path, answers: [200] },
      { service: 'chat', person, method: 'POST', path, body: () => traffic.probe(), answers: [400] }
    ])
  )
}

/** A member who never reads gets one notification for all messages of others. */
async function expectCounted(round: Round, threadId: string, absent: TestUser, expected: number): Promise<void> {
  const path = '/api/notifications/?type=message_received&page_size=100'
  const deadline = performance.now() + 60_000
  for (;;) {
    const { answer } = await answerOf(round, absent.api, { method: 'GET', path })
    const counts = answer.body.results
      .filter((one: { data: { thread_id: string } }) => one.data.thread_id === threadId)
      .map((one: { data: { count: number } }) => one.data.count)
    if (counts.length === 1 && counts[0] === expected) return
    if (counts.length > 1 || counts[0] > expected || performance.now() > deadline) {
      throw new PromiseBroken('each missed message is counted once', { threadId, person: absent.id, counts, expected })
    }
    await wait(100)
  }
}
