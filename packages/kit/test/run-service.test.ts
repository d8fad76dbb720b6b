import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { eventually } from '@belay/testing'
import { afterEach, expect, test, vi } from 'vitest'

// Starting a process from source takes long on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

interface Run {
  child: ChildProcess
  output: () => string
  exit: Promise<number | null>
}

const runs: Run[] = []
afterEach(async () => {
  for (const { child, exit } of runs.splice(0)) {
    child.kill('SIGKILL')
    await exit
  }
})

function start(env: Record<string, string>): Run {
  const script = fileURLToPath(new URL('process/service.ts', import.meta.url))
  const child = spawn(process.execPath, ['--conditions=@belay/source', script], {
    env: { PATH: process.env.PATH ?? '', PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let output = ''
  child.stdout.on('data', (data) => (output += String(data)))
  child.stderr.on('data', (data) => (output += String(data)))
  const run = { child, output: () => output, exit: once(child, 'exit').then(([code]) => code as number | null) }
  runs.push(run)
  return run
}

const urlOf = ({ output }: Run) =>
  eventually(
    () => {
      const port = /"port":(\d+)/.exec(output())?.[1]
      if (port === undefined) throw new Error(`it does not listen yet: ${output()}`)
      return `http://127.0.0.1:${port}`
    },
    { withinMs: 60_000 }
  )

test('every configuration error is reported before the process exits with 1', async () => {
  const run = start({ GREETING: 'x', PORT: 'http', LOG_LEVEL: 'loud' })
  expect(await run.exit).toBe(1)
  for (const name of ['GREETING', 'PORT', 'LOG_LEVEL']) expect(run.output()).toContain(`  ${name} must`)
  expect(run.output()).not.toContain('    at ')
})

test('development settings and an incomplete identity provider are rejected in production', async () => {
  const run = start({
    GREETING: 'hello',
    NODE_ENV: 'production',
    DEV_TEST_AUTH: 'true',
    RATE_LIMITS: 'off',
    AUTH_JWKS_URL: 'https://idp.example/jwks',
    AUTH_ISSUER: 'belay'
  })
  expect(await run.exit).toBe(1)
  for (const name of ['DEV_TEST_AUTH', 'RATE_LIMITS', 'AUTH_AUDIENCE', 'AUTH_ISSUER'])
    expect(run.output()).toContain(name)
})

test('a process serves until it is signalled to stop, finishes running requests, and exits with 0', async () => {
  const run = start({ GREETING: 'hello' })
  const url = await urlOf(run)
  expect(await (await fetch(`${url}/api/greet`)).json()).toEqual({ greeting: 'hello' })
  const slow = fetch(`${url}/api/slow`)
  await eventually(() => expect(run.output()).toContain('slow call began'))
  run.child.kill('SIGTERM')
  expect(await (await slow).json()).toEqual({ greeting: 'hello' })
  expect(await run.exit).toBe(0)
  expect(run.output()).toContain('"closed"')
})

test('an uncaught error is logged, and the process stops gracefully and exits with 1', async () => {
  const run = start({ GREETING: 'hello' })
  await fetch(`${await urlOf(run)}/api/crash`)
  expect(await run.exit).toBe(1)
  expect(run.output()).toContain('uncaught in a callback')
  expect(run.output()).toContain('"closed"')
})

test('a port in use is reported, and the process exits with 1', async () => {
  const port = new URL(await urlOf(start({ GREETING: 'hello' }))).port
  const second = start({ GREETING: 'hello', PORT: port })
  expect(await second.exit).toBe(1)
  expect(second.output()).toContain('EADDRINUSE')
})
