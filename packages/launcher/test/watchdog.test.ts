import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openDataFolder } from '../src/data-folder.ts'
import { temporaryFolder } from './lib/stand-ins.ts'

const abandoned = fileURLToPath(new URL('lib/abandoned.ts', import.meta.url))

test('what a launcher had started ends with it, even when it is killed', async () => {
  const { launcher, server } = await startLauncher(temporaryFolder())
  launcher.kill('SIGKILL')
  await vi.waitFor(() => expect(isRunning(server)).toBe(false), { timeout: 10_000, interval: 20 })
})

test('a data folder stays in use until the last process of a killed launcher has ended', async () => {
  const dataDir = temporaryFolder()
  const { launcher, server } = await startLauncher(dataDir)
  process.kill(server, 'SIGSTOP')
  launcher.kill('SIGKILL')
  await once(launcher, 'exit')
  const taken = openDataFolder(dataDir)
  expect(await Promise.race([taken, new Promise((resolve) => setImmediate(resolve, 'in use'))])).toBe('in use')
  process.kill(server, 'SIGCONT')
  ;(await taken).release()
})

/** Starts a process that takes the data folder and starts a nats-server there. */
async function startLauncher(dataDir: string): Promise<{ launcher: ChildProcess; server: number }> {
  const launcher = spawn(process.execPath, ['--conditions=@belay/source', abandoned, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  onTestFinished(() => void launcher.kill('SIGKILL'))
  const [line] = await once(launcher.stdout, 'data')
  return { launcher, server: Number(String(line)) }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
