import { eventually } from '@belay/testing'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { databaseUrl, db, openStore, Stream, useEventTables } from './fixture.ts'

useEventTables()

test('a process killed between its commit and its publish: the event is published by another, under the same id', async () => {
  const script = fileURLToPath(new URL('crashing-process.ts', import.meta.url))
  const child = spawn(process.execPath, ['--conditions=@belay/source', script, databaseUrl], { stdio: 'inherit' })
  const [, signal] = await once(child, 'exit')
  expect(signal).toBe('SIGKILL')
  const [row] = await db.selectFrom('outbox').select('id').execute()
  expect(row).toBeDefined()
  const stream = new Stream()
  const survivor = openStore(stream)
  await eventually(() => expect(stream.stored).toMatchObject([{ id: row?.id, subject: 'orphan' }]))
  await eventually(async () => expect(await survivor.relay.pendingCount()).toBe(0))
})
