import { rmSync } from 'node:fs'
import pg from 'pg'
import { expect, test } from 'vitest'
import type { RunningServer } from '../src/index.ts'
import { startNats, startPostgres } from '../src/index.ts'
import { startWithStandIns, temporaryFolder, untilLogged, written } from './lib/stand-ins.ts'

test('a service that dies is restarted on its port', async () => {
  const { lines, log } = written()
  const system = await startWithStandIns({ dataDir: temporaryFolder(), log })
  const chat = system.processes.find((process) => process.service === 'chat')
  if (!chat) throw new Error('there is no chat')
  const before = chat.pid
  await chat.kill('SIGKILL')
  await untilLogged(lines, 'chat | {', 2)
  expect(lines).toContain('belay | chat was ended by SIGKILL; starting it again')
  const answer: unknown = await (await fetch(`http://127.0.0.1:${chat.port}/`)).json()
  expect(answer).toMatchObject({ name: 'chat' })
  expect(answer).not.toMatchObject({ pid: before })
})

test('a killed Postgres comes back on its port with what was committed, also while a query was running', async () => {
  const { lines, log } = written()
  const postgres = await startPostgres({ dataDir: temporaryFolder(), supervise: true, log })
  const client = new pg.Client({ connectionString: postgres.adminUrl })
  client.on('error', () => undefined)
  await client.connect()
  await client.query('CREATE TABLE kept AS SELECT 1 AS one')
  const running = client.query('SELECT pg_sleep(600)').catch((error: unknown) => error)
  await postgres.kill('SIGKILL')
  await untilLogged(lines, 'ready to accept connections', 2)
  expect(await running).toBeInstanceOf(Error)
  expect(await rowsOf(postgres.adminUrl, 'SELECT one FROM kept')).toEqual([{ one: 1 }])
  await postgres.stop()
})

test('a killed NATS comes back on its port', async () => {
  const { lines, log } = written()
  const nats = await startNats({ dataDir: temporaryFolder(), supervise: true, log })
  await nats.kill('SIGKILL')
  await untilLogged(lines, 'Server is ready', 2)
  await nats.stop()
  expect(isRunning(nats)).toBe(false)
})

test('without supervision what was killed stays down until it is restarted', async () => {
  const nats = await startNats({ dataDir: temporaryFolder(), log: () => undefined })
  await nats.kill('SIGKILL')
  expect(nats.pid).toBeUndefined()
  await nats.restart()
  expect(isRunning(nats)).toBe(true)
  await nats.stop()
})

test('NATS restarts on its port after its whole folder was lost', async () => {
  const dataDir = temporaryFolder()
  const users = [{ name: 'tests', password: 'tests' }]
  const nats = await startNats({ dataDir, users, log: () => undefined })
  await nats.kill('SIGKILL')
  rmSync(dataDir, { recursive: true })
  await nats.restart()
  expect(isRunning(nats)).toBe(true)
  await nats.stop()
})

async function rowsOf(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query(statement)
  await client.end()
  return rows
}

function isRunning(server: RunningServer): boolean {
  return server.pid !== undefined && process.kill(server.pid, 0)
}
