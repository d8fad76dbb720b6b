import { eventually, registerUser, type TestUser, useSystem } from '@belay/testing'
import { expect, test } from 'vitest'
import { addPeople, enter, type Group, inTurns, leave, openGroup, registerMany, say } from './lib/group.ts'
import { type GroupListener, joinThrough } from './lib/group-listener.ts'

const system = useSystem({
  replicas: { chat: 2, sessions: 2, 'realtime-gateway': 2 },
  env: { RATE_LIMITS: 'off', DEV_TEST_AUTH: 'true' }
})

const numbersTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1)

/** One socket of each, every other one on the second replica. */
const listenAll = ({ threadId }: Group, people: readonly TestUser[]) =>
  Promise.all(people.map((person, index) => joinThrough(system, index % 2, person, threadId)))

const storedSeqs = async ({ threadId }: Group) => {
  const rows = await system.sql<{ seq: number }>('select seq from chat.messages where thread_id = $1 order by seq', [
    threadId
  ])
  return rows.map((row) => row.seq)
}

async function expectEverything(listeners: readonly GroupListener[], count: number) {
  for (const listener of listeners) {
    await eventually(() => expect(listener.seqs().length).toBeGreaterThanOrEqual(count), { withinMs: 15_000 })
    expect(listener.seqs()).toEqual(numbersTo(count))
  }
}

test('twenty members get every message once and in order while guests come and go', async () => {
  const group = await openGroup(system, 20)
  const visitors = await registerMany(system, 6)
  const listeners = await listenAll(group, group.people)

  const writing = group.people.slice(0, 5).map(async (writer, index) => {
    for (const n of numbersTo(20)) await say(group, writer, `${index}: ${n}`)
  })
  const visiting = visitors.map(async (visitor) => {
    for (let visit = 0; visit < 3; visit += 1) {
      const { requestId } = await enter(group, visitor)
      await say(group, visitor, 'Just looking in')
      await leave(visitor, requestId)
    }
  })
  await Promise.all([...writing, ...visiting])

  // The two of the opening, eighteen more who joined, and each visit's coming, words and going.
  const count = 2 + 18 + 5 * 20 + 6 * 3 * 3
  expect(await storedSeqs(group)).toEqual(numbersTo(count))
  await expectEverything(listeners, count)
  const read = await group.host.api.get(`/threads/${group.threadId}/messages?limit=200`)
  expect(read.body.map((message: { seq: number }) => message.seq)).toEqual(numbersTo(count))
  const { body: people } = await group.host.api.get(`/threads/${group.threadId}/participants`)
  expect(people.map((one: { user_id: string }) => one.user_id).toSorted()).toEqual(
    group.people.map((person) => person.id).toSorted()
  )
}, 60_000)

test('who withdraws in mid-traffic hears nothing that is said after the answer, and is refused everywhere', async () => {
  const group = await openGroup(system, 4)
  const witnesses = await listenAll(group, group.people)
  const said: { seq: number; startedAt: number }[] = []
  let talking = true
  const traffic = group.people.map(async (writer) => {
    while (talking) {
      const startedAt = performance.now()
      said.push({ startedAt, seq: await say(group, writer, 'And another thing') })
    }
  })

  for (const leaver of await registerMany(system, 5)) {
    const { requestId } = await enter(group, leaver)
    const sockets = await listenAll(group, [leaver, leaver])
    await Promise.all(sockets.map((socket) => eventually(() => expect(socket.seqs().length).toBeGreaterThan(5))))

    await leave(leaver, requestId)
    const leftAt = performance.now()

    const calls = await Promise.all([
      leaver.api.get(`/threads/${group.threadId}/messages`),
      leaver.api.post(`/threads/${group.threadId}/messages`, { body: 'Am I still here?' }),
      leaver.api.get(`/threads/${group.threadId}/details`),
      leaver.api.get(`/threads/${group.threadId}/participants`),
      leaver.api.post(`/threads/${group.threadId}/read`, { last_read_seq: 1 })
    ])
    expect(calls.map((call) => call.status)).toEqual([403, 403, 403, 403, 403])
    const last = await say(group, group.host, 'They have left')
    await Promise.all(witnesses.map((witness) => witness.heard(last)))
    const saidAfter = new Set(said.flatMap(({ seq, startedAt }) => (startedAt > leftAt ? [seq] : [])).concat(last))
    for (const socket of sockets) {
      await eventually(() => expect(socket.ended()).toBe('NOT_A_PARTICIPANT'))
      expect(socket.seqs().filter((seq) => saidAfter.has(seq))).toEqual([])
      expect(socket.seqs()).toEqual(numbersTo(socket.seqs().length))
    }
  }

  talking = false
  await Promise.all(traffic)
  await expectEverything(witnesses, (await storedSeqs(group)).length)
}, 60_000)

test('a thousand people are in one event: they join, are listed, write and are reached', async () => {
  const group = await openGroup(system, 10)
  const listeners = await listenAll(group, group.people)
  const crowd = await addPeople(system, 990)
  const [first] = await inTurns(crowd, (guest) => enter(group, guest))
  const late = await registerUser(system)

  const refused = await late.api.post('/requests', { event_id: group.eventId, host_id: group.host.id })
  expect([refused.status, refused.body.detail]).toEqual([400, 'Event is full'])
  await leave(crowd[0] ?? expect.fail(), first?.requestId ?? '')
  await enter(group, late)

  const { body: people } = await late.api.get(`/threads/${group.threadId}/participants`)
  expect(people).toHaveLength(1_000)
  expect(people[0]).toMatchObject({ user_id: group.host.id, role: 'host' })
  const sentBy = [...group.people, ...crowd.slice(1, 21)]
  await Promise.all(sentBy.map((sender, index) => say(group, sender, `Message ${index}`)))

  // Two of the opening, 998 more who joined, one who left and one who took the place, and what was said.
  const count = 2 + 998 + 2 + sentBy.length
  expect(await storedSeqs(group)).toEqual(numbersTo(count))
  await expectEverything(listeners, count)
  const inbox = (await late.api.get('/threads')).body
  expect(inbox.threads).toMatchObject([{ id: group.threadId, unread_count: 1 + sentBy.length }])
  expect(inbox.participants[group.threadId]).toHaveLength(50)
}, 180_000)
