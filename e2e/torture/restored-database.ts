import { collectEvents, eventually, invitation, type TestUser } from '@belay/testing'
import { listen, type Listener } from '../lib/listener.ts'
import { type Restoring, takeBackup } from './backup.ts'
import { command } from './calls.ts'
import { expectEventsOnce, recordedEvents } from './outboxes.ts'
import { newPeople } from './people.ts'
import { PromiseBroken } from './promise-broken.ts'
import { type Probers, type Recovery, untilServing } from './recovery.ts'
import { expectEvent, expectNotice, type Round } from './round.ts'
import { openTraffic, type Traffic } from './traffic.ts'
import { expectWholeThread } from './whole-thread.ts'

const beforeBackup = 10
const lostByRestore = 10

/**
 * The database is put back to an earlier state: sockets that were open over it, and those that come back from a place
 * that is gone or was counted otherwise, are told to begin again; what follows is one log for everybody.
 */
export async function restoreDatabase(round: Round, probers: Probers, how: Restoring): Promise<Recovery> {
  const { session, people, epoch, traffic } = await openConversation(round)
  const open = await Promise.all(people.map((person) => listen(round.system, session, person.token)))
  await say(round, session, traffic, people, beforeBackup)
  await everybodyHas(open, beforeBackup)
  await expectEventsOnce(round)
  const backup = await takeBackup(round.system)
  await untilServing(round, probers, performance.now())

  // What the backup does not know; the writers of these are not part of the log that counts.
  await say(round, session, openTraffic(round, round.random.fork('lost'), session, 'lost-'), people, lostByRestore)
  await everybodyHas(open, beforeBackup + lostByRestore)
  await backup.restore(how)
  const overAt = performance.now()
  await forget(round)
  const recovery = await untilServing(round, probers, overAt)

  const back = await Promise.all([
    listen(round.system, session, people[0].token, { afterSeq: beforeBackup + lostByRestore }),
    listen(round.system, session, people[1].token, { afterSeq: beforeBackup / 2, epoch })
  ])
  await everybodyReset([...open, ...back], epoch)
  await say(round, session, traffic, people, 5)
  await expectWholeThread(round, { threadId: session, traffic, listeners: [...open, ...back] })
  return recovery
}

async function openConversation(round: Round) {
  const [inviter, invitee] = await newPeople(round, 2)
  if (inviter === undefined || invitee === undefined) throw new Error('a conversation needs two people')
  const body = await invitation(inviter, invitee)
  const invited = await command(round, inviter, { method: 'POST', path: '/api/sessions/', body })
  const session: string = invited.body.id
  expectEvent(round, 'sessions.session.invited', session)
  expectNotice(round, invitee, 'session_invited', session)
  const detail = await command(round, inviter, { method: 'GET', path: `/api/sessions/${session}/` })
  const epoch: string = detail.body.epoch
  const traffic = openTraffic(round, round.random.fork('traffic'), session)
  return { session, people: [inviter, invitee] as const, epoch, traffic }
}

/** So many messages, by turns. */
async function say(round: Round, session: string, traffic: Traffic, people: readonly TestUser[], count: number) {
  for (let n = 0; n < count; n += 1) {
    const person = people[n % people.length]
    if (person === undefined) return
    const message = traffic.probe()
    const path = `/api/sessions/${session}/messages/`
    const { body } = await command(round, person, { method: 'POST', path, body: message })
    traffic.acknowledged.set(message.client_msg_id, { seq: body.seq, id: body.id })
  }
}

async function everybodyHas(listeners: readonly Listener[], count: number): Promise<void> {
  await eventually(
    () => {
      const behind = listeners.filter(({ seqs }) => seqs.length < count)
      if (behind.length > 0) throw new Error(`${behind.length} listeners have less than ${count} messages`)
    },
    { withinMs: 60_000 }
  )
}

async function everybodyReset(listeners: readonly Listener[], oldEpoch: string): Promise<void> {
  await eventually(
    () => {
      const unreset = listeners.flatMap(({ resets }, index) => (resets.length === 0 ? [index] : []))
      const stale = listeners.filter(({ resets }) => resets.at(-1)?.epoch === oldEpoch)
      if (unreset.length > 0 || stale.length > 0) {
        throw new PromiseBroken('a socket whose place cannot be continued is told so', { unreset, stale, oldEpoch })
      }
    },
    { withinMs: 60_000 }
  )
}

/** Events of what the restore lost stay in the stream: their record is gone. */
async function forget(round: Round): Promise<void> {
  const recorded = await recordedEvents(round)
  const events = await eventually(() => collectEvents(round.system, 'belay.evt.>'), { withinMs: 60_000 })
  for (const { id } of events) if (!recorded.has(id)) round.forgotten.add(id)
}
