import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '@belay/launcher'
import { createApi, logIn, registerUser, startTestNats, startTestPostgres } from '@belay/testing'
import { expect, onTestFinished, test, vi } from 'vitest'

// Each of these starts the whole system two or three times.
vi.setConfig({ testTimeout: 240_000 })

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const admin = { email: 'admin@example.org', password: 'correct-horse-admin' }

interface Started {
  url: string
  process: ChildProcess
  output(): string
  errors(): string
  /** Resolves with the exit code. */
  ended: Promise<number | null>
}

test('serves on PORT, obeys the settings, keeps all data after SIGTERM and SIGKILL, and leaves nothing running', async () => {
  const dataDir = temporaryFolder()
  const first = await ready(
    start({ BELAY_DATA_DIR: dataDir, ADMIN_EMAIL: admin.email, ADMIN_PASSWORD: admin.password })
  )
  const person = await registerUser(first)
  expect((await (await logIn(first, admin)).api.get('/auth/me')).body).toMatchObject({ role: 'admin' })
  await stopsCleanly(first)

  const second = await ready(start({ BELAY_DATA_DIR: dataDir }))
  expect((await (await logIn(second, person)).api.get('/auth/me')).body).toMatchObject({ id: person.id })
  const later = await registerUser(second)
  const family = descendantsOf(second.process.pid ?? 0)
  second.process.kill('SIGKILL')

  const third = await ready(start({ BELAY_DATA_DIR: dataDir }))
  expect(family.filter(isRunning)).toEqual([])
  for (const { id, email, password } of [person, later]) {
    expect((await (await logIn(third, { email, password })).api.get('/auth/me')).body).toMatchObject({ id })
  }
  await stopsCleanly(third)
})

test('all services run in one process, which is started again when it crashes, or each in its own with --separate', async () => {
  const [shared, separate] = await Promise.all([ready(start()), ready(start({}, ['--separate']))])
  const [services = 0, ...others] = servicesOf(shared)
  expect(others).toEqual([])
  expect(servicesOf(separate)).toHaveLength(6)
  const [person] = await Promise.all([registerUser(shared), registerUser(separate)])
  process.kill(services, 'SIGKILL')
  await vi.waitFor(() => expect(shared.output()).toContain('services was ended by SIGKILL; starting it again'))
  await vi.waitFor(async () => expect((await createApi(shared.url).get('/readyz')).status).toBe(200), {
    timeout: 60_000,
    interval: 50
  })
  expect((await logIn(shared, person)).api).toBeDefined()
  await Promise.all([stopsCleanly(shared), stopsCleanly(separate)])
})

test('an unknown option is named, and nothing is left', async () => {
  expect(await refusal(start({}, ['--seperate']))).toBe('belay: npm start knows only --separate, not "--seperate"\n')
})

test('two instances run side by side; a third on the folder or the port of another says why it cannot', async () => {
  const dataDir = temporaryFolder()
  const [one, other] = await Promise.all([ready(start({ BELAY_DATA_DIR: dataDir })), ready(start())])
  await registerUser(other)
  expect(await refusal(start({ BELAY_DATA_DIR: dataDir }))).toMatch(
    /^belay: the data folder .* is in use by another instance \(process \d+\); .*\n$/
  )
  const port = new URL(one.url).port
  expect(await refusal(start({ PORT: port }))).toBe(
    `belay: port ${port} is in use by another program; set PORT to a free one\n`
  )
  for (const instance of [one, other]) expect((await createApi(instance.url).get('/readyz')).status).toBe(200)
  await Promise.all([stopsCleanly(one), stopsCleanly(other)])
})

test('a setting that makes no sense is named, and nothing is left', async () => {
  expect(await refusal(start({ PORT: 'eighty' }))).toBe('belay: PORT must be a number from 1 to 65535, not "eighty"\n')
})

test('the servers of DATABASE_URL and NATS_URL are used, and keep running after Ctrl-C', async () => {
  const [postgres, nats] = await Promise.all([startTestPostgres(), startTestNats()])
  onTestFinished(async () => void (await Promise.all([postgres.stop(), nats.stop()])))
  const dataDir = temporaryFolder()
  const started = await ready(start({ BELAY_DATA_DIR: dataDir, DATABASE_URL: postgres.adminUrl, NATS_URL: nats.url }))
  await registerUser(started)
  expect(readdirSync(dataDir).toSorted()).toEqual(['lock.json', 'running.json', 'secrets.json'])
  const family = descendantsOf(started.process.pid ?? 0)
  // From the terminal, and again from npm.
  for (let i = 0; i < 2; i++) started.process.kill('SIGINT')
  expect(await started.ended).toBe(0)
  expect(family.filter(isRunning)).toEqual([])
  expect([postgres.pid, nats.pid].map((pid) => isRunning(pid ?? 0))).toEqual([true, true])
})

test('a start that is interrupted ends without an error and leaves nothing running', async () => {
  const started = await start({ LOG_LEVEL: 'debug' })
  await vi.waitFor(() => expect(started.output()).toContain('nats'), { timeout: 60_000, interval: 5 })
  const family = descendantsOf(started.process.pid ?? 0)
  started.process.kill('SIGTERM')
  expect(await started.ended).toBe(0)
  expect(started.errors()).toBe('')
  expect(family.filter(isRunning)).toEqual([])
})

test('stops when the reader of its output is gone', async () => {
  const started = await start()
  await vi.waitFor(() => expect(started.output()).not.toBe(''), { timeout: 60_000, interval: 5 })
  const family = descendantsOf(started.process.pid ?? 0)
  started.process.stdout?.destroy()
  expect(await started.ended).toBe(0)
  expect(family.filter(isRunning)).toEqual([])
})

async function start(env: Record<string, string> = {}, options: readonly string[] = []): Promise<Started> {
  const port = env.PORT ?? String(await freePort())
  const dataDir = env.BELAY_DATA_DIR ?? temporaryFolder()
  const settings = { PATH: process.env.PATH, HOME: process.env.HOME, ...env, PORT: port, BELAY_DATA_DIR: dataDir }
  const args = ['--conditions=@belay/source', 'scripts/start.ts', ...options]
  const child = spawn(process.execPath, args, { cwd: root, env: settings, stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  let errors = ''
  child.stdout.on('data', (data) => (output += String(data)))
  child.stderr.on('data', (data) => (errors += String(data)))
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))
  return { url: `http://localhost:${port}`, process: child, output: () => output, errors: () => errors, ended }
}

async function ready(starting: Promise<Started>): Promise<Started> {
  const started = await starting
  let exitCode: number | null | undefined
  void started.ended.then((code) => (exitCode = code))
  await vi.waitFor(
    () => {
      if (exitCode !== undefined) return
      expect(started.output().split('\n')).toContain(`belay ready ${started.url}`)
    },
    { timeout: 60_000, interval: 20 }
  )
  if (exitCode !== undefined)
    throw new Error(`it ended with code ${exitCode}: ${started.errors()}\n${started.output()}`)
  return started
}

/** What an instance that cannot start says. */
async function refusal(starting: Promise<Started>): Promise<string> {
  const started = await starting
  expect(await started.ended).toBe(1)
  return started.errors()
}

async function stopsCleanly(started: Started): Promise<void> {
  const family = descendantsOf(started.process.pid ?? 0)
  // Postgres and its backends, NATS, the services and a watchdog of each.
  expect(family.length).toBeGreaterThan(7)
  started.process.kill('SIGTERM')
  expect(await started.ended).toBe(0)
  expect(family.filter(isRunning)).toEqual([])
}

/** The processes that run services. */
function servicesOf({ process: { pid = 0 } }: Started): number[] {
  return descendantsOf(pid).filter((child) =>
    /src\/(?:main|one-process-runner)\.ts/.test(
      execFileSync('ps', ['-o', 'args=', '-p', String(child)], { encoding: 'utf8' })
    )
  )
}

function descendantsOf(pid: number): number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n')
  const pairs = lines.map((line) => line.trim().split(/\s+/).map(Number))
  const childrenOf = (parent: number): number[] =>
    pairs.flatMap(([child = 0, itsParent]) => (itsParent === parent ? [child, ...childrenOf(child)] : []))
  return childrenOf(pid)
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'belay-start-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
