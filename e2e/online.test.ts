import { randomUUID } from 'node:crypto'
import { liveSubjects, onlineGraceMs, presenceLease } from '@belay/contracts'
import {
  connectNats,
  createApi,
  eventually,
  makePair,
  openSocket,
  type TestSocket,
  type TestUser,
  useSystem
} from '@belay/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'

const system = useSystem({ replicas: { chat: 2, 'realtime-gateway': 2 } })

type Nats = Awaited<ReturnType<typeof connectNats>>
const connections: Nats[] = []
/** What a service of another team receives, and what a person's sockets do. */
const heard: { subject: string; userId: string; lastActive: string | undefined }[] = []

beforeAll(async () => {
  const subscriber = await connectNats(system.nats.urlOf('subscriber'), { inboxPrefix: '_INBOX.subscriber' })
  const tester = await connectNats(system.nats.url)
  connections.push(subscriber, tester)
  subscriber.subscribe('belay.evt.realtime.user.*.v1', {
    callback: (_, message) => {
      const { data } = message.json<{ data: { user_id: string; last_active?: string } }>()
      heard.push({ subject: message.subject, userId: data.user_id, lastActive: data.last_active })
    }
  })
  tester.subscribe(liveSubjects.contact('*'), {
    callback: (_, message) => {
      const signal = message.json<{ kind: string; user_id: string; last_active: string; online: boolean }>()
      if (signal.kind !== 'presence') return
      const subject = `${message.subject} ${signal.online ? 'online' : 'offline'}`
      heard.push({ subject, userId: signal.user_id, lastActive: signal.last_active })
    }
  })
  await Promise.all([subscriber.flush(), tester.flush()])
})
afterAll(() => Promise.all(connections.map((connection) => connection.close())))

const onlineEvent = 'belay.evt.realtime.user.online.v1'
const offlineEvent = 'belay.evt.realtime.user.offline.v1'
const eventsOf = ({ id }: TestUser) =>
  heard.flatMap((one) => (one.userId === id && one.subject.startsWith('belay.evt.') ? [one.subject] : []))
const until = (user: TestUser, events: string[], options: { withinMs?: number } = {}) =>
  eventually(() => expect(eventsOf(user)).toEqual(events), options)

/** A raw WebSocket on one replica of the realtime gateway. */
function open({ id, token }: TestUser, replica: number): Promise<TestSocket> {
  const { port } = system.process('realtime-gateway', replica)
  return openSocket(`ws://127.0.0.1:${port}/ws/${id}?token=${token}`)
}

/** Two people with an active conversation. */
async function makeContacts() {
  const { inviter, invitee } = await makePair(system)
  const [one, other] = [inviter.id, invitee.id].toSorted()
  await system.sql(
    `insert into chat.conversations (id, user1_id, user2_id, status, last_activity, created_at)
     values ($1, $2, $3, 'active', now(), now())`,
    [randomUUID(), one, other]
  )
  return { ana: inviter, ben: invitee }
}

/** Of each replica: how many people are online, and how many transitions it decided. */
async function metricsOf(replica: number) {
  const { port } = system.process('chat', replica)
  const text = String((await createApi(`http://127.0.0.1:${port}`).get('/metrics')).body)
  const valueOf = (pattern: RegExp) => Number(pattern.exec(text)?.[1])
  return {
    online: valueOf(/^belay_chat_online_people\{.*\} (\d+)$/m),
    toOnline: valueOf(/^belay_chat_presence_transitions_total\{.*to="online".*\} (\d+)$/m)
  }
}

test('a person is online from their first socket on any replica until 5 s after the last one', async () => {
  const { ana, ben } = await makeContacts()
  const before = await Promise.all([metricsOf(0), metricsOf(1)])
  const [first, second] = [await open(ana, 0), await open(ana, 1)]
  await until(ana, [onlineEvent])
  const contact = liveSubjects.contact(ben.id)
  await eventually(() => expect(heard.map((one) => one.subject)).toContain(`${contact} online`))
  await eventually(async () => {
    const after = await Promise.all([metricsOf(0), metricsOf(1)])
    expect(after.map(({ online }, replica) => online - (before[replica]?.online ?? Number.NaN))).toEqual([1, 1])
    expect(sum(after.map(({ toOnline }) => toOnline)) - sum(before.map(({ toOnline }) => toOnline))).toBe(1)
  })

  first.close()
  await first.closed
  // Another person's whole visit, which takes longer than the grace.
  const visit = await open(ben, 0)
  visit.close()
  await until(ben, [onlineEvent, offlineEvent], { withinMs: onlineGraceMs + 10_000 })
  expect(eventsOf(ana)).toEqual([onlineEvent])

  second.close()
  await until(ana, [onlineEvent, offlineEvent], { withinMs: onlineGraceMs + 10_000 })
  const { lastActive } = heard.findLast((one) => one.subject === offlineEvent && one.userId === ana.id) ?? {}
  const stored = await system.sql('select online, last_active from chat.presence where user_id = $1', [ana.id])
  expect(stored).toEqual([{ online: false, last_active: new Date(lastActive ?? '') }])
})

test('a killed gateway takes its people offline, unless they come back to another one', async () => {
  const { ana, ben } = await makeContacts()
  await Promise.all([open(ana, 1), open(ben, 1)])
  await until(ana, [onlineEvent])
  await until(ben, [onlineEvent])

  await system.kill('realtime-gateway', 'SIGKILL', 1)
  const again = await open(ben, 0)
  await until(ana, [onlineEvent, offlineEvent], { withinMs: presenceLease.expiresMs + 10_000 })

  expect(eventsOf(ben)).toEqual([onlineEvent])
  const contact = liveSubjects.contact(ben.id)
  await eventually(() =>
    expect(heard.flatMap((one) => (one.userId === ana.id ? [one.subject] : []))).toContain(`${contact} offline`)
  )
  await system.restart('realtime-gateway', 1)
  again.close()
}, 60_000)

test('an erased person is offline at once, and nothing of their presence is kept', async () => {
  const { ana } = await makeContacts()
  const socket = await open(ana, 0)
  await until(ana, [onlineEvent])

  expect((await ana.api.delete('/api/users/me/', { password: ana.password })).status).toBe(202)
  await until(ana, [onlineEvent, offlineEvent])
  await socket.closed

  expect(await system.sql('select from chat.presence where user_id = $1', [ana.id])).toEqual([])
})

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + (Number.isNaN(one) ? 0 : one), 0)
