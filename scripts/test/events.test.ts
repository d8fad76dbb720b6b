import { execFile } from 'node:child_process'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { collectEvents, eventually, loseStream, registerUser, type TestUser, useSystem } from '@belay/testing'
import { expect, test, vi } from 'vitest'

// A command is a process of its own, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

const system = useSystem({ ownProcesses: true })
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const services = ['people', 'sessions', 'chat', 'notifications']

interface Outcome {
  code: number | string | undefined
  output: string
  errors: string
}

/** Runs `npm run events -- …` against the system, without npm. */
function events(
  words: string[],
  env: Record<string, string> = { NATS_URL: system.nats.urlOf('operator') }
): Promise<Outcome> {
  const args = ['--conditions=@belay/source', 'scripts/events.ts', ...words]
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: root, env: { PATH: process.env.PATH, ...env } }, (error, output, errors) =>
      resolve({ code: error === null ? 0 : (error.code ?? undefined), output, errors })
    )
  })
}

async function invite(inviter: TestUser, invitee: TestUser) {
  const trip = await inviter.api.post('/api/trips/', {
    destination: { slug: 'railay', name: 'Railay, Krabi' },
    start_date: '2099-03-16',
    end_date: '2099-03-16'
  })
  const session = { invitee_id: invitee.id, trip_id: trip.body.id, proposed_date: '2099-03-16', time_block: 'morning' }
  expect((await inviter.api.post('/api/sessions/', session)).status).toBe(201)
}

const inboxOf = async (owner: TestUser) => (await owner.api.get('/api/notifications/')).body.results
const idsInStream = async (service: string) =>
  (await collectEvents(system, `belay.evt.${service}.>`)).map(({ id }) => id)

test(
  'an event that poisoned a durable is shown, and applied once its cause is gone',
  { timeout: 120_000 },
  async () => {
    const [inviter, invitee] = await Promise.all([registerUser(system), registerUser(system)])
    await system.sql(`
    create function notifications.refuse() returns trigger language plpgsql as
      $$ begin raise exception 'refused by a test'; end $$`)
    await system.sql(
      'create trigger refuse before insert on notifications.notifications for each row execute function notifications.refuse()'
    )
    await invite(inviter, invitee)

    const shown = await eventually(
      async () => {
        const outcome = await events(['parked'])
        expect(outcome.output).toContain('1 event is parked.')
        return outcome
      },
      { withinMs: 90_000 }
    )
    expect(shown).toEqual({
      code: 0,
      output: expect.stringMatching(
        /^\S+Z {2}notifications-session-invited {2}belay\.sessions\.session\.invited\.v1 {2}\S{36}\n {4}refused by a test\n1 event is parked\.\n$/
      ),
      errors: ''
    })
    expect((await events(['replay-parked', 'notifications'])).output).toBe(
      'notifications: 0 applied, 1 still parked.\n'
    )

    await system.sql('drop trigger refuse on notifications.notifications')
    const other = await events(['replay-parked', 'notifications', 'notifications-message-sent'])
    expect(other.output).toBe('notifications: 0 applied, 0 still parked.\n')
    const mended = await events(['replay-parked', 'notifications', 'notifications-session-invited'])
    expect(mended).toEqual({ code: 0, output: 'notifications: 1 applied, 0 still parked.\n', errors: '' })
    expect(await inboxOf(invitee)).toMatchObject([{ type: 'session_invited' }])
    expect((await events(['parked', 'notifications'])).output).toBe('0 events are parked.\n')
  }
)

test('a stream that lost everything is filled again with the same events, and nothing happens twice', async () => {
  const [inviter, invitee] = await Promise.all([registerUser(system), registerUser(system)])
  await invite(inviter, invitee)
  await eventually(async () => {
    for (const service of services) {
      expect(await system.sql(`select position from ${service}.outbox_pending`)).toEqual([])
    }
  })
  const before = new Map<string, string[]>()
  for (const service of services) before.set(service, await idsInStream(service))
  expect(before.get('sessions')).not.toEqual([])
  const inbox = await inboxOf(invitee)

  await loseStream(system)
  await eventually(async () => expect(await idsInStream('people')).toEqual([]), { withinMs: 20_000 })
  const none = await events(['replay-stream', 'people', '--since', '2099-01-01'])
  expect(none).toEqual({ code: 0, output: 'people: 0 published again.\n', errors: '' })
  await Promise.all(
    services.map(async (service) => {
      const count = before.get(service)?.length
      const outcome = await events(['replay-stream', service, '--since', '2020-01-01T00:00:00Z'])
      expect(outcome.output).toBe(`${service}: ${count} published again.\n`)
      expect(new Set(await idsInStream(service))).toEqual(new Set(before.get(service)))
    })
  )

  const later = await registerUser(system)
  await invite(later, invitee)
  await eventually(async () => expect(await inboxOf(invitee)).toHaveLength(inbox.length + 1), { withinMs: 20_000 })
  expect((await inboxOf(invitee)).slice(1)).toEqual(inbox)
})

test('an epoch that begins is said, and is that of every thread from then on', async () => {
  const outcome = await events(['begin-epoch'])
  expect(outcome).toMatchObject({ code: 0, errors: '' })
  const [row] = await system.sql<{ epoch: string }>('select epoch from chat.continuity')
  expect(outcome.output).toBe(`chat: epoch ${row?.epoch} begins; sockets are reset within seconds.\n`)
})

test('a service that is away is named, and the others are shown', async () => {
  await system.kill('chat')
  const outcome = await events(['parked'])
  expect(outcome).toMatchObject({ code: 1, output: expect.stringContaining('0 events are parked.') })
  expect(outcome.output).toMatch(/^chat: no answer/m)
  const replay = await events(['replay-stream', 'chat'])
  expect(replay).toMatchObject({ code: 1, errors: expect.stringMatching(/^belay: no answer from .*chat.*\n$/) })
  await system.restart('chat')
  expect((await events(['parked', 'chat'])).code).toBe(0)
})

test('what makes no sense is explained in one line', async () => {
  const outcome = await events(['replay-stream', 'gateway'])
  expect(outcome).toMatchObject({ code: 1, output: '' })
  expect(outcome.errors).toMatch(/^belay: the services with events are people, .*\n$/)
})

test('without a system it says so', async () => {
  expect(await events(['parked'], { BELAY_DATA_DIR: '/nowhere' })).toMatchObject({
    code: 1,
    errors: 'belay: no running system on the data folder /nowhere\n'
  })
  expect(await events(['parked'], { NATS_URL: 'nats://127.0.0.1:1' })).toMatchObject({
    code: 1,
    errors: 'belay: NATS does not answer; NATS_URL says where it is\n'
  })
})
