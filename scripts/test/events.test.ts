import { execFile } from 'node:child_process'
import { readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { collectEvents, eventually, loseStream, registerUser, type TestUser, useSystem } from '@belay/testing'
import { expect, test, vi } from 'vitest'

// A command is a process of its own, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

const system = useSystem({ ownProcesses: ['chat'], env: { EVENT_RETRY_MS: '20' } })
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
    const applied = await events(['replay-parked', 'notifications', 'notifications-session-invited'])
    expect(applied).toEqual({ code: 0, output: 'notifications: 1 applied, 0 still parked.\n', errors: '' })
    expect(await inboxOf(invitee)).toMatchObject([{ type: 'session_invited' }])
    expect((await events(['parked', 'notifications'])).output).toBe('0 events are parked.\n')
  }
)

/** What was published until now, by service, once all of it is in the stream. */
async function publishedUntilNow(): Promise<Map<string, string[]>> {
  await eventually(async () => {
    for (const service of services) {
      expect(await system.sql(`select position from ${service}.outbox_pending`)).toEqual([])
    }
  })
  const published = new Map<string, string[]>()
  for (const service of services) published.set(service, await idsInStream(service))
  return published
}

const blocks = () =>
  readdirSync(system.nats.dataDir, { recursive: true, encoding: 'utf8' })
    .filter((file) => /streams\/BELAY\/msgs\/\d+\.(blk|idx)$/.test(file))
    .map((file) => join(system.nats.dataDir, file))

async function damageBlocks(): Promise<void> {
  await system.nats.kill('SIGKILL')
  for (const block of blocks()) rmSync(block)
  await system.nats.restart()
}

test.each([
  ['was lost', () => loseStream(system)],
  ['lost its blocks', damageBlocks]
])('a stream that %s is filled again by itself with the same events, and nothing happens twice', async (_, lose) => {
  const [inviter, invitee] = await Promise.all([registerUser(system), registerUser(system)])
  await invite(inviter, invitee)
  const before = await publishedUntilNow()
  expect(before.get('sessions')).not.toEqual([])
  const inbox = await inboxOf(invitee)

  await lose()
  await eventually(
    async () => {
      for (const service of services) {
        expect(new Set(await idsInStream(service))).toEqual(new Set(before.get(service)))
      }
    },
    { withinMs: 30_000 }
  )
  expect(system.logs.text()).toContain('the stream is damaged')

  const later = await registerUser(system)
  await invite(later, invitee)
  await eventually(async () => expect(await inboxOf(invitee)).toHaveLength(inbox.length + 1), { withinMs: 20_000 })
  expect((await inboxOf(invitee)).slice(1)).toEqual(inbox)
})

test('what a service has published can be published again by hand', async () => {
  await registerUser(system)
  const before = await publishedUntilNow()
  const none = await events(['replay-stream', 'people', '--since', '2099-01-01'])
  expect(none).toEqual({ code: 0, output: 'people: 0 published again.\n', errors: '' })
  const all = await events(['replay-stream', 'people', '--since', '2020-01-01T00:00:00Z'])
  expect(all.output).toBe(`people: ${before.get('people')?.length} published again.\n`)
  expect(new Set(await idsInStream('people'))).toEqual(new Set(before.get('people')))
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
