import {
  type BusLogin,
  busLogins,
  databaseServices,
  durableOf,
  eventCatalogue,
  liveSubjects,
  ownDurables,
  unkeptEvents,
  UserUpdated
} from '@belay/contracts'
import { makeSecrets, natsUsers, withLogin } from '@belay/launcher'
import { connectNats, startTestNats } from '@belay/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'

const passwords = makeSecrets().natsPasswords
let server: Awaited<ReturnType<typeof startTestNats>>
beforeAll(async () => {
  server = await startTestNats(undefined, natsUsers(passwords))
})
afterAll(() => server.stop())

/** Which of these subjects the server refuses this login to publish to, or to subscribe to. */
async function refusedOf(login: BusLogin, subjects: readonly string[], act: 'publish' | 'subscription') {
  const nc = await connectNats(withLogin(server.url, login, passwords[login]), { inboxPrefix: `_INBOX.${login}` })
  const refused = new Set<string>()
  const listening = (async () => {
    for await (const change of nc.status()) {
      const said = change.type === 'error' ? /to "([^"]+)"/.exec(change.error.message)?.[1] : undefined
      if (said !== undefined) refused.add(said)
    }
  })()
  for (const subject of subjects) {
    if (act === 'publish') nc.publish(subject, '{}')
    else nc.subscribe(subject, { callback: () => undefined })
  }
  await nc.flush()
  await nc.close()
  await listening
  return subjects.filter((subject) => refused.has(subject))
}

const without = (all: readonly string[], allowed: readonly string[]) =>
  all.filter((subject) => !allowed.includes(subject))

const facts = eventCatalogue.map(({ subject }) => subject)

test.each(busLogins)('%s can publish no fact of another', async (login) => {
  const own = facts.filter((subject) => subject.startsWith(`belay.evt.${login}.`))
  expect(await refusedOf(login, facts, 'publish')).toEqual(without(facts, own))
})

test.each(busLogins)('%s can publish events that no stream keeps only if it decides about them', async (login) => {
  const subjects = unkeptEvents.map(({ subject }) => subject)
  expect(await refusedOf(login, subjects, 'publish')).toEqual(login === 'chat' ? [] : subjects)
})

/** Who asks what; everything else is refused. Operators ask each service for its events that went wrong. */
const askers: Record<string, readonly BusLogin[]> = {
  'belay.rpc.people.signing-keys': ['sessions', 'chat', 'notifications', 'realtime-gateway'],
  'belay.rpc.people.resolve-identity': ['sessions', 'chat', 'notifications', 'realtime-gateway'],
  'belay.rpc.sessions.apply-event.people': ['people'],
  'belay.rpc.sessions.apply-event.sessions': [],
  'belay.rpc.sessions.apply-event.chat': [],
  'belay.rpc.sessions.list-requests': ['chat'],
  'belay.rpc.chat.apply-event.people': ['people'],
  'belay.rpc.chat.apply-event.sessions': ['sessions'],
  'belay.rpc.chat.apply-event.notifications': [],
  'belay.rpc.chat.append-messages': ['realtime-gateway'],
  'belay.rpc.chat.join-thread': ['realtime-gateway'],
  'belay.rpc.chat.list-messages-after': ['realtime-gateway'],
  'belay.rpc.chat.check-subscriptions': ['realtime-gateway'],
  'belay.rpc.chat.begin-epoch': ['operator'],
  'belay.rpc.chat.summarise-threads': ['sessions'],
  'belay.rpc.chat.list-thread-activity': ['sessions'],
  'belay.rpc.chat.list-newest-messages': ['sessions'],
  'belay.rpc.notifications.apply-event.people': ['people'],
  'belay.rpc.notifications.apply-event.sessions': ['sessions'],
  'belay.rpc.notifications.apply-event.chat': ['chat'],
  'belay.rpc.realtime.list-presence.1': ['notifications'],
  'belay.rpc.realtime.list-online.1': ['chat'],
  ...Object.fromEntries(
    databaseServices.flatMap((service) =>
      ['replay-stream', 'list-parked', 'replay-parked'].map((method) => [
        `belay.rpc.${service}.${method}`,
        ['operator']
      ])
    )
  )
}

test.each(busLogins)('%s can ask only what it has to', async (login) => {
  const questions = Object.keys(askers)
  const own = questions.filter((subject) => askers[subject]?.includes(login))
  expect(await refusedOf(login, questions, 'publish')).toEqual(without(questions, own))
})

test.each(busLogins)('%s can answer no question of another, nor listen to one', async (login) => {
  const questions = [...Object.keys(askers), 'belay.rpc.>', 'belay.rpc.*.signing-keys']
  const name = login === 'realtime-gateway' ? 'realtime' : login
  const own = questions.filter((subject) => subject.startsWith(`belay.rpc.${name}.`))
  expect(await refusedOf(login, questions, 'subscription')).toEqual(without(questions, own))
})

test.each(busLogins)('%s cannot read the answers of another service or answer in its name', async (login) => {
  const inboxes = busLogins.map((name) => `_INBOX.${name}.>`)
  expect(await refusedOf(login, [...inboxes, '_INBOX.>', '>'], 'subscription')).toEqual(
    without([...inboxes, '_INBOX.>', '>'], [`_INBOX.${login}.>`])
  )
  const answers = ['people', 'sessions', 'chat', 'notifications', 'realtime'].map((name) => `_INBOX.chat.${name}.1.2`)
  const name = login === 'realtime-gateway' ? 'realtime' : login
  expect(await refusedOf(login, answers, 'publish')).toEqual(without(answers, [`_INBOX.chat.${name}.1.2`]))
})

test.each(busLogins)('%s gives only the live signals that are its own, and hears only those', async (login) => {
  const signals = [
    liveSubjects.thread('1'),
    liveSubjects.user('1'),
    liveSubjects.access('1'),
    liveSubjects.presence('1'),
    liveSubjects.presenceCall,
    liveSubjects.contact('1'),
    liveSubjects.online('1'),
    liveSubjects.log
  ]
  const [thread = '', user = '', access = '', presence = '', call = '', contact = '', online = '', log = ''] = signals
  const publishes: Partial<Record<BusLogin, string[]>> = {
    people: [access],
    chat: [thread, call, contact, log],
    notifications: [user, call],
    'realtime-gateway': [thread, presence, online]
  }
  const hears: Partial<Record<BusLogin, string[]>> = {
    chat: [online],
    notifications: [presence],
    'realtime-gateway': [thread, user, access, call, contact, log]
  }
  expect(await refusedOf(login, signals, 'publish')).toEqual(without(signals, publishes[login] ?? []))
  expect(await refusedOf(login, signals, 'subscription')).toEqual(without(signals, hears[login] ?? []))
})

test.each(busLogins)('%s leaves the stream and the consumers of others alone', async (login) => {
  const streamCalls = ['UPDATE', 'DELETE', 'PURGE', 'MSG.DELETE', 'MSG.GET', 'SNAPSHOT', 'RESTORE'].map(
    (call) => `$JS.API.STREAM.${call}.BELAY`
  )
  const [update = '', remove = ''] = streamCalls
  // Those that fill it again make it again when it is damaged.
  const allowed: Partial<Record<BusLogin, string[]>> = {
    people: [update, remove],
    sessions: [remove],
    chat: [remove],
    notifications: [remove]
  }
  expect(await refusedOf(login, streamCalls, 'publish')).toEqual(without(streamCalls, allowed[login] ?? []))

  const consumerCalls = ownDurables.flatMap((durable) => [
    `$JS.API.CONSUMER.CREATE.BELAY.${durable}.${UserUpdated.subject}`,
    `$JS.API.CONSUMER.DURABLE.CREATE.BELAY.${durable}`,
    `$JS.API.CONSUMER.DELETE.BELAY.${durable}`,
    `$JS.API.CONSUMER.MSG.NEXT.BELAY.${durable}`,
    `$JS.ACK.BELAY.${durable}.1.1.1.1.1`
  ])
  const isOwn = (subject: string) =>
    subject.includes(`.BELAY.${login}-`) &&
    !subject.includes('DURABLE.CREATE') &&
    (!subject.includes('CONSUMER.CREATE') || subject.includes(`${login}-user-updated.`))
  expect(await refusedOf(login, consumerCalls, 'publish')).toEqual(consumerCalls.filter((subject) => !isOwn(subject)))
  expect(ownDurables).toContain(durableOf('chat', UserUpdated))
})

test('a connection without a password, or with that of another login, is refused', async () => {
  for (const login of [undefined, 'people', 'nobody'] as const) {
    const url = login === undefined ? server.url : withLogin(server.url, login, passwords.chat)
    await expect(connectNats(url, { reconnect: false })).rejects.toThrow(/authorization violation/i)
  }
})

test('services of other teams consume every event under a name of their own, and no more', async () => {
  const all = ['belay.evt.>', ...facts, ...unkeptEvents.map(({ subject }) => subject)]
  expect(await refusedOf('subscriber', all, 'subscription')).toEqual([])
  const calls = ['CREATE.BELAY.ext-billing.belay.evt.>', 'MSG.NEXT.BELAY.ext-billing', 'DELETE.BELAY.ext-billing']
  const own = [...calls.map((call) => `$JS.API.CONSUMER.${call}`), '$JS.ACK.BELAY.ext-billing.1.1.1.1.1']
  expect(await refusedOf('subscriber', own, 'publish')).toEqual([])
})
