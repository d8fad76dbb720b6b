import { type ChildProcess, spawn } from 'node:child_process'
import { appendFileSync, chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'

const scripts = dirname(dirname(fileURLToPath(import.meta.url)))
let workspace = ''

// A workspace of its own, whose pnpm only writes down that it was called and whose commands are one-liners.
beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), 'belay-bootstrap-'))
  for (const part of ['bootstrap.mjs', 'bootstrap'])
    cpSync(join(scripts, part), join(workspace, 'scripts', part), { recursive: true })
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml']) writeFileSync(join(workspace, file), '')
  mkdirSync(join(workspace, 'bin'))
  writeFileSync(
    join(workspace, 'bin', 'pnpm'),
    `#!/bin/sh\nif [ "$1" = --version ]; then echo 12.99.0; else mkdir -p node_modules; echo "$1 $2" >> calls; exit \${PNPM_CODE:-0}; fi\n`
  )
  chmodSync(join(workspace, 'bin', 'pnpm'), 0o755)
  return () => rmSync(workspace, { recursive: true, force: true })
})

test('installs what the lockfile says, and again only when it has changed', async () => {
  command('hello', `console.log('hello', ...process.argv.slice(2))`)
  for (let i = 0; i < 2; i++)
    expect(await finished(bootstrap(['hello', 'you']))).toMatchObject({ code: 0, output: 'hello you\n' })
  expect(calls()).toEqual(['install --frozen-lockfile'])
  appendFileSync(join(workspace, 'pnpm-lock.yaml'), 'changed: true\n')
  await finished(bootstrap(['hello']))
  expect(calls()).toEqual(['install --frozen-lockfile', 'install --frozen-lockfile'])
})

test('of two first starts at the same time one installs', async () => {
  command('hello', `console.log('hello')`)
  const both = await Promise.all([finished(bootstrap(['hello'])), finished(bootstrap(['hello']))])
  expect(both.map(({ output }) => output)).toEqual(['hello\n', 'hello\n'])
  expect(calls()).toEqual(['install --frozen-lockfile'])
})

test('a failed installation says so and is tried again the next time', async () => {
  command('hello', `console.log('hello')`)
  const failed = await finished(bootstrap(['hello'], { PNPM_CODE: '1' }))
  expect(failed).toMatchObject({ code: 1, output: '' })
  expect(failed.errors).toContain('belay: pnpm install failed\n')
  expect(await finished(bootstrap(['hello']))).toMatchObject({ code: 0, output: 'hello\n' })
})

test('passes on the exit code, and names the commands when there is no such one', async () => {
  command('fails', `process.exit(7)`)
  expect(await finished(bootstrap(['fails']))).toMatchObject({ code: 7 })
  expect(await finished(bootstrap(['unknown']))).toMatchObject({
    code: 1,
    errors: 'belay: usage: node scripts/bootstrap.mjs fails\n'
  })
})

test.each(['SIGINT', 'SIGTERM'] as const)('passes on %s and waits for the end', async (signal) => {
  command(
    'serves',
    `process.on('${signal}', () => { console.log('stopping'); process.exit(0) }); console.log('serving'); setInterval(() => {}, 1000)`
  )
  const child = bootstrap(['serves'])
  const end = finished(child)
  await vi.waitFor(() => expect(read(child)).toContain('serving'), { timeout: 10_000 })
  child.kill(signal)
  expect(await end).toMatchObject({ code: 0, output: 'serving\nstopping\n' })
})

test('stops its command when the process that started it is killed', async () => {
  command(
    'serves',
    `process.on('SIGTERM', () => process.exit(0)); console.log(process.pid); setInterval(() => {}, 1000)`
  )
  const shell = spawn('/bin/sh', ['-c', `"${process.execPath}" scripts/bootstrap.mjs serves; true`], options())
  onTestFinished(() => void shell.kill('SIGKILL'))
  remember(shell)
  await vi.waitFor(() => expect(read(shell)).toMatch(/^\d+\n/), { timeout: 10_000 })
  const pid = Number(read(shell))
  shell.kill('SIGKILL')
  await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), { timeout: 10_000 })
})

function command(name: string, code: string): void {
  writeFileSync(join(workspace, 'scripts', `${name}.ts`), code)
}

function bootstrap(args: string[], env: Record<string, string> = {}): ChildProcess {
  const child = spawn(process.execPath, ['scripts/bootstrap.mjs', ...args], options(env))
  onTestFinished(() => void child.kill('SIGKILL'))
  remember(child)
  return child
}

function options(env: Record<string, string> = {}) {
  return { cwd: workspace, env: { ...process.env, PATH: `${join(workspace, 'bin')}:${process.env.PATH}`, ...env } }
}

const outputs = new WeakMap<ChildProcess, { output: string; errors: string }>()

function remember(child: ChildProcess): void {
  const texts = { output: '', errors: '' }
  outputs.set(child, texts)
  child.stdout?.on('data', (data) => (texts.output += String(data)))
  child.stderr?.on('data', (data) => (texts.errors += String(data)))
}

function read(child: ChildProcess): string {
  return outputs.get(child)?.output ?? ''
}

function finished(child: ChildProcess): Promise<{ code: number | null; output: string; errors: string }> {
  return new Promise((resolve) => {
    child.once('close', (code) => resolve({ code, output: '', errors: '', ...outputs.get(child) }))
  })
}

function calls(): string[] {
  return readFileSync(join(workspace, 'calls'), 'utf8').trim().split('\n')
}
