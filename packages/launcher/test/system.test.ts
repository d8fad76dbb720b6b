import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { expect, test } from 'vitest'
import { openDataFolder } from '../src/data-folder.ts'
import { findRunning, freePort, secretsOf } from '../src/index.ts'
import { environmentOf, startWithStandIns, temporaryFolder, useStartedFolder, written } from './lib/stand-ins.ts'

const startedFolder = useStartedFolder()

test('a second start on the same folder finds the data and the passwords of the first', async () => {
  const dataDir = temporaryFolder()
  const first = await startWithStandIns({ dataDir })
  await query(first.postgresUrl, 'CREATE TABLE chat.kept AS SELECT 42 AS answer')
  const passwords = await environmentOf(first, 'people')
  await first.stop()

  const second = await startWithStandIns({ dataDir })
  expect(await query(second.postgresUrl, 'SELECT answer FROM chat.kept')).toEqual([{ answer: 42 }])
  const again = await environmentOf(second, 'people')
  expect(again.KEY_ENCRYPTION_SECRET).toBe(passwords.KEY_ENCRYPTION_SECRET)
  expect(new URL(again.DATABASE_URL ?? '').password).toBe(new URL(passwords.DATABASE_URL ?? '').password)
})

test('secrets are readable by their owner alone', () => {
  const dataDir = startedFolder()
  for (const file of ['secrets.json', 'postgres/password', 'nats/nats.conf'])
    expect(statSync(join(dataDir, file)).mode & 0o777).toBe(0o600)
})

test('a data folder of an older release gets the secrets that it lacks and keeps those it has', () => {
  const dataDir = temporaryFolder()
  const { databasePasswords, keyEncryptionSecret } = secretsOf(dataDir)
  writeFileSync(join(dataDir, 'secrets.json'), JSON.stringify({ databasePasswords, keyEncryptionSecret }))
  const added = secretsOf(dataDir)
  expect(added).toMatchObject({ databasePasswords, keyEncryptionSecret, gatewaySecret: expect.any(String) })
  expect(Object.keys(added.natsPasswords)).toContain('subscriber')
  expect(secretsOf(dataDir)).toEqual(added)
})

test('other commands find the NATS of a running system, and of no other', async () => {
  const dataDir = startedFolder()
  expect(() => findRunning(dataDir)).toThrow(`no running system on the data folder ${dataDir}`)
  const system = await startWithStandIns({ dataDir })
  expect(findRunning(dataDir)).toEqual({
    natsUrl: system.natsUrl('operator'),
    subscriberUrl: expect.stringMatching(/^nats:\/\/subscriber:/)
  })
  expect(statSync(join(dataDir, 'running.json')).mode & 0o777).toBe(0o600)
  const announced = readFileSync(join(dataDir, 'running.json'))
  await system.stop()
  // As a killed launcher leaves it.
  writeFileSync(join(dataDir, 'running.json'), announced)
  expect(() => findRunning(dataDir)).toThrow('no running system')
})

test('the sole process is named as such by nothing but the launcher', async () => {
  const env = { SOLE_PROCESS: 'true' }
  const several = await startWithStandIns({ dataDir: startedFolder(), env })
  expect(await environmentOf(several, 'chat')).not.toHaveProperty('SOLE_PROCESS')
  await several.stop()
  const sole = await startWithStandIns({ dataDir: startedFolder(), soleProcess: true })
  for (const service of ['chat', 'gateway']) expect((await environmentOf(sole, service)).SOLE_PROCESS).toBe('true')
})

test('each service gets its own database role and no secret of another', async () => {
  const env = {
    ADMIN_EMAIL: 'admin@example.org',
    ADMIN_PASSWORD: 'secret of people',
    RATE_LIMITS: 'off',
    PORT: '1',
    DATABASE_URL: 'x'
  }
  const system = await startWithStandIns({ dataDir: startedFolder(), env })
  const people = await environmentOf(system, 'people')
  const chat = await environmentOf(system, 'chat')
  const gateway = await environmentOf(system, 'gateway')
  expect(people).toMatchObject({
    ADMIN_EMAIL: 'admin@example.org',
    ADMIN_PASSWORD: 'secret of people',
    RATE_LIMITS: 'off',
    NODE_ENV: 'development'
  })
  expect(new URL(people.DATABASE_URL ?? '').username).toBe('belay_people')
  expect(new URL(chat.DATABASE_URL ?? '').username).toBe('belay_chat')
  for (const other of [chat, gateway])
    expect(Object.keys(other).filter((name) => /^ADMIN_|KEY_ENCRYPTION/.test(name))).toEqual([])
  expect(gateway.DATABASE_URL).toBeUndefined()
  expect(gateway).toMatchObject({
    CHAT_URL: `http://127.0.0.1:${chat.PORT}`,
    PEOPLE_URL: `http://127.0.0.1:${people.PORT}`
  })
})

test('settings of the caller replace what the launcher would choose', async () => {
  const env = { PUBLIC_URL: 'https://belay.example.org', KEY_ENCRYPTION_SECRET: 'k'.repeat(43) }
  const system = await startWithStandIns({ dataDir: startedFolder(), publicHost: '127.0.0.1', env })
  expect(await environmentOf(system, 'people')).toMatchObject(env)
  const gateway = await environmentOf(system, 'gateway')
  expect(gateway).toMatchObject({ PUBLIC_URL: env.PUBLIC_URL, HOST: '127.0.0.1' })
  expect(gateway.KEY_ENCRYPTION_SECRET).toBeUndefined()
})

test('when another program takes a port in the meantime all start on others', async () => {
  const marker = join(temporaryFolder(), 'taken')
  const system = await startWithStandIns({ dataDir: startedFolder(), env: { STAND_IN_LOSES_PORT: marker } })
  const chat = await environmentOf(system, 'chat')
  expect(chat.PORT).not.toBe(readFileSync(marker, 'utf8'))
  expect((await environmentOf(system, 'gateway')).CHAT_URL).toBe(`http://127.0.0.1:${chat.PORT}`)
})

test('several replicas of a service are all behind the gateway', async () => {
  const system = await startWithStandIns({ dataDir: startedFolder(), replicas: { chat: 2 } })
  const ports = system.processes.filter((process) => process.service === 'chat').map((process) => process.port)
  expect(ports).toHaveLength(2)
  expect((await environmentOf(system, 'gateway')).CHAT_URL).toBe(
    ports.map((port) => `http://127.0.0.1:${port}`).join(',')
  )
})

test('two systems run side by side on their own folders', async () => {
  const systems = await Promise.all([1, 2].map(() => startWithStandIns({ dataDir: startedFolder() })))
  const answers = await Promise.all(systems.map((system) => fetch(system.url)))
  expect(answers.map((answer) => answer.status)).toEqual([200, 200])
})

test('a stopped system leaves no process and a free folder', async () => {
  const dataDir = startedFolder()
  const system = await startWithStandIns({ dataDir })
  const pids = system.processes.map((process) => process.pid ?? 0)
  await system.stop()
  expect(pids.filter(isRunning)).toEqual([])
  ;(await openDataFolder(dataDir)).release()
})

test('a service that cannot start fails the start in one line and leaves nothing running', async () => {
  const { lines, log } = written()
  const dataDir = startedFolder()
  const start = startWithStandIns({ dataDir, env: { STAND_IN_FAILS: 'chat' }, log })
  await expect(start).rejects.toThrow('chat ended with code 1: the setting of chat is missing')
  expect(lines).toContain('chat | the setting of chat is missing')
  // The folder is free again: the next start works.
  await startWithStandIns({ dataDir })
})

test('a start that is given up stops what it has started', async () => {
  const giveUp = new AbortController()
  const dataDir = startedFolder()
  const log = (_: string, line: string) => {
    if (line.includes('sessions listens')) giveUp.abort()
  }
  const start = startWithStandIns({ dataDir, env: { STAND_IN_NEVER_READY: 'sessions' }, aborted: giveUp.signal, log })
  await expect(start).rejects.toThrow('stopped while starting')
  ;(await openDataFolder(dataDir)).release()
})

test("servers of one's own are used as they are", async () => {
  const own = await startWithStandIns({ dataDir: startedFolder() })
  const dataDir = temporaryFolder()
  const system = await startWithStandIns({ dataDir, databaseUrl: own.postgresUrl, natsUrl: own.natsUrl('chat') })
  expect(system.postgresUrl).toBe(own.postgresUrl)
  expect(system.natsUrl('operator')).toBe(own.natsUrl('chat'))
  expect(existsSync(join(dataDir, 'postgres'))).toBe(false)
})

test.each([
  [
    'databaseUrl',
    'postgresql://nobody@127.0.0.1:1/belay',
    'cannot use the Postgres of DATABASE_URL: connect ECONNREFUSED'
  ],
  ['databaseUrl', 'mysql://127.0.0.1/belay', 'DATABASE_URL must look like postgresql://'],
  ['natsUrl', 'nats://127.0.0.1:1', 'cannot use the NATS of NATS_URL: connect ECONNREFUSED']
])('a %s that is of no use says so: %s', async (setting, url, words) => {
  await expect(
    startWithStandIns({ dataDir: temporaryFolder(), publicPort: await freePort(), [setting]: url })
  ).rejects.toThrow(words)
})

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query(statement)
  await client.end()
  return rows
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
