import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import { identify, isAlive } from '../src/data-folder.ts'
import { temporaryFolder } from './lib/stand-ins.ts'

const abandoned = fileURLToPath(new URL('lib/abandoned.ts', import.meta.url))

test('what a launcher had started ends with it, even when it is killed', async () => {
  const launcher = spawn(process.execPath, ['--conditions=@belay/source', abandoned, temporaryFolder()], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const [line] = await once(launcher.stdout, 'data')
  const server = identify(Number(String(line)))
  if (!server) throw new Error('the server does not run')
  launcher.kill('SIGKILL')
  await vi.waitFor(() => expect(isAlive(server)).toBe(false), { timeout: 10_000, interval: 20 })
})

test('a process is told from another of the same number by its start', () => {
  const self = identify(process.pid)
  expect(self && isAlive(self)).toBe(true)
  expect(self && isAlive({ ...self, startedAt: 'another time' })).toBe(false)
  expect(identify(2 ** 22 + 1)).toBeUndefined()
})
