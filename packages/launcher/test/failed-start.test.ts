import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startWithStandIns, temporaryFolder, useStartedFolder } from './lib/stand-ins.ts'

const startedFolder = useStartedFolder()

test('a port in use is named before anything is started', async () => {
  const server = createServer()
  onTestFinished(() => void server.close())
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : 0)
    })
  })
  await expect(startWithStandIns({ dataDir: temporaryFolder(), publicPort: port })).rejects.toThrow(
    `port ${port} is in use by another program; set PORT to a free one`
  )
})

test('a data folder that another instance uses is refused, and that instance goes on', async () => {
  const dataDir = startedFolder()
  const system = await startWithStandIns({ dataDir })
  await expect(startWithStandIns({ dataDir })).rejects.toThrow(
    `the data folder ${dataDir} is in use by another instance (process ${process.pid}); set BELAY_DATA_DIR to another folder`
  )
  expect((await fetch(system.url)).status).toBe(200)
})

test('the lock of an instance that is gone does not stand in the way', async () => {
  const dataDir = startedFolder()
  // Its number belongs to another process now.
  writeFileSync(join(dataDir, 'lock.json'), JSON.stringify({ pid: process.pid }))
  expect((await fetch((await startWithStandIns({ dataDir })).url)).status).toBe(200)
})

test('a start that was cut off while making the database is made good by the next', async () => {
  const dataDir = temporaryFolder()
  mkdirSync(join(dataDir, 'postgres', 'cluster.new'), { recursive: true })
  writeFileSync(join(dataDir, 'postgres', 'cluster.new', 'PG_VERSION'), '18\n')
  expect((await fetch((await startWithStandIns({ dataDir })).url)).status).toBe(200)
})

test('a data folder that is a file is named', async () => {
  const file = join(temporaryFolder(), 'file')
  writeFileSync(file, '')
  await expect(startWithStandIns({ dataDir: file })).rejects.toThrow(`cannot use the data folder ${file}: EEXIST`)
})

describe('a damaged data folder says what is wrong in one line', () => {
  const damages: [string, (folder: string) => void, RegExp][] = [
    ['version', (folder) => rmSync(join(folder, 'postgres/cluster/PG_VERSION')), /PG_VERSION is missing/],
    [
      'other version',
      (folder) => writeFileSync(join(folder, 'postgres/cluster/PG_VERSION'), '15\n'),
      /was made by Postgres 15, this is 18/
    ],
    [
      'control',
      (folder) => rmSync(join(folder, 'postgres/cluster/global/pg_control')),
      /is damaged: Postgres says: .*pg_control/
    ],
    [
      'log',
      (folder) => rmSync(join(folder, 'postgres/cluster/pg_wal'), { recursive: true }),
      /is damaged: Postgres says: .*pg_wal/
    ],
    [
      'catalogue',
      (folder) => rmSync(join(folder, 'postgres/cluster/base'), { recursive: true }),
      /is damaged: Postgres says: /
    ],
    ['password', (folder) => rmSync(join(folder, 'postgres/password')), /is damaged: the file "password" is missing/],
    [
      'secrets',
      (folder) => writeFileSync(join(folder, 'secrets.json'), '{"databasePasswords":'),
      /is damaged: .*secrets\.json: it cannot be read/
    ],
    ['missing secrets', (folder) => rmSync(join(folder, 'secrets.json')), /is damaged: .*secrets\.json: it is missing/],
    [
      'streams',
      (folder) => {
        rmSync(join(folder, 'nats/jetstream'), { recursive: true })
        writeFileSync(join(folder, 'nats/jetstream'), 'not a folder')
      },
      /is damaged: NATS says: /
    ]
  ]

  test.each(damages)('%s', async (_, damage, words) => {
    const dataDir = startedFolder()
    damage(dataDir)
    const error = await startWithStandIns({ dataDir }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'LaunchError', message: expect.stringMatching(words) })
    expect(error).toMatchObject({ message: expect.not.stringContaining('\n') })
  })
})
