import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { ChildSpec, RunOptions } from '../src/child.ts'
import { type RunningServer, startSupervised } from '../src/supervisor.ts'
import { temporaryFolder, untilLogged, written } from './lib/stand-ins.ts'

test('a process that keeps failing is restarted until it runs', async () => {
  const broken = join(temporaryFolder(), 'broken')
  const { lines, log } = written()
  const server = await start({ log, supervise: true }, `test -e ${broken} && exit 3; ${serve}`)
  writeFileSync(broken, '')
  await server.kill()
  await untilLogged(lines, 'belay | program ended with code 3', 3)
  rmSync(broken)
  await untilLogged(lines, 'program | ready', 2)
})

test('a process that is stopped is not restarted, even while it keeps failing', async () => {
  const broken = join(temporaryFolder(), 'broken')
  const { lines, log } = written()
  const server = await start({ log, supervise: true }, `test -e ${broken} && exit 3; ${serve}`)
  writeFileSync(broken, '')
  await server.kill()
  await untilLogged(lines, 'belay | program ended with code 3', 1)
  await server.stop()
  const known = lines.length
  rmSync(broken)
  expect(server.pid).toBeUndefined()
  expect(lines).toHaveLength(known)
})

test('a process that ignores its stop signal is killed when its time is up', async () => {
  const { lines, log } = written()
  const server = await start({ log }, `trap 'echo stopping' TERM; ${serve}`, { stopWithinMs: 200 })
  const pid = server.pid ?? 0
  await server.stop()
  expect(lines).toContain('program | stopping')
  expect(() => process.kill(pid, 0)).toThrow('ESRCH')
})

test('a start that takes too long says what it waited for and leaves nothing running', async () => {
  const { lines, log } = written()
  const slow = { readyWithinMs: 300, ready: () => new Promise<void>(() => undefined), whyNotReady: () => ': no answer' }
  await expect(start({ log }, `echo $$; ${serve}`, slow)).rejects.toThrow(
    'program was not ready within 0.3 s: no answer'
  )
  const pid = Number(lines[0]?.split(' | ')[1])
  expect(() => process.kill(pid, 0)).toThrow('ESRCH')
})

test.each([
  ['its last line', `echo first; echo last; exit 2`, 'program ended with code 2: last'],
  [
    'the message of a log line',
    `echo '{"msg":"no such database"}'; exit 1`,
    'program ended with code 1: no such database'
  ],
  [
    'the error of a stack trace',
    `echo 'TypeError: x is null'; echo '  at main.ts:3'; exit 1`,
    'code 1: TypeError: x is null'
  ],
  ['the signal that ended it', `kill -KILL $$`, 'program was ended by SIGKILL']
])('a start that fails shows %s', async (_, script, words) => {
  await expect(start({ log: () => undefined }, script)).rejects.toThrow(words)
})

test('a program that is missing is named', async () => {
  await expect(start({ log: () => undefined }, '', { command: '/no/such/program' })).rejects.toThrow(
    'program cannot be started: spawn /no/such/program ENOENT'
  )
})

test('a line that never ends is cut at 64 KiB', async () => {
  const { lines, log } = written()
  await start({ log }, `head -c 300000 /dev/zero | tr '\\0' x; echo; ${serve}`)
  expect(lines.map((line) => line.length).filter((length) => length > 2 * 64 * 1024)).toEqual([])
})

test('a start that fails for a passing reason is tried again', async () => {
  const marker = join(temporaryFolder(), 'tried')
  const once = `test -e ${marker} || { touch ${marker}; echo still locked; exit 1; }; ${serve}`
  const server = await start({ log: () => undefined }, once, { tryAgainOn: /still locked/ })
  expect(existsSync(marker)).toBe(true)
  expect(server.pid).toBeGreaterThan(1)
})

const serve = 'echo ready; while :; do sleep 0.05; done'

/** Starts a shell script that is ready once it prints "ready"; it is stopped after the test. */
async function start(run: RunOptions, script: string, spec: Partial<ChildSpec> = {}): Promise<RunningServer> {
  const server = await startSupervised(
    {
      name: 'program',
      command: '/bin/sh',
      args: ['-c', script],
      env: { PATH: process.env.PATH },
      cwd: '/',
      stopSignal: 'SIGTERM',
      stopWithinMs: 5_000,
      readyWithinMs: 20_000,
      ready: /^ready$/,
      ...spec
    },
    run
  )
  onTestFinished(() => server.stop())
  return server
}
