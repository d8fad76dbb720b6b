import { expect, test } from 'vitest'
import { torture, TortureFailed } from './torture/run.ts'

test('every guarantee holds while a process is killed, a service is frozen, the stream is damaged and an earlier database is put back', async () => {
  const faults = ['kill chat-0', 'freeze all chat', 'damage nats', 'restore postgres (put back)']

  const tally = await torture({ seed: 'belay', faults, say: () => undefined }).catch((error: unknown) => {
    if (error instanceof TortureFailed) process.stderr.write(`${error.logs}\n`)
    throw error
  })

  expect(tally.faults.map((fault) => fault.name)).toEqual(faults)
  expect(tally.acknowledged).toBeGreaterThan(200)
  expect(tally.checks).toBeGreaterThan(200)
}, 600_000)
