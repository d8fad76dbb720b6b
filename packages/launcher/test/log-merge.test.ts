import { expect, test } from 'vitest'
import { type LogMergeOptions, mergeLogs } from '../src/index.ts'

test('a JSON line is shown in words after the name of its service', async () => {
  const text = await merged({}, [
    ['chat', JSON.stringify({ level: 40, time: 0, pid: 1, msg: 'slow reader', request_id: 'r1' })]
  ])
  expect(text).toMatch(/^chat {14}\[\d\d:\d\d:\d\d\.000\] WARN: slow reader {"request_id":"r1"}\n$/)
})

test('plain lines, and lines that only look like JSON, are shown as they are', async () => {
  expect(
    await merged({}, [
      ['people', 'set your password: x'],
      ['chat', '{ not JSON']
    ])
  ).toBe('people            set your password: x\nchat              { not JSON\n')
})

test('a line of a process with several services follows the name of the one that wrote it', async () => {
  const line = '{"level":"warn","time":"2026-01-01T00:00:00.000Z","service":"people","pid":1,"msg":"hello"}'
  expect(
    await merged({}, [
      ['services', line],
      ['services', 'plain']
    ])
  ).toMatch(/^people {12}\[.*\] WARN: hello\nservices {10}plain\n$/)
})

test('Postgres and NATS are heard only when something is wrong, unless everything is asked for', async () => {
  const lines: [string, string][] = [
    ['postgres', 'LOG:  checkpoint starting'],
    ['postgres', 'FATAL:  too many connections'],
    ['nats', '[1] 2026/01/01 [INF] Server is ready'],
    ['nats', '[1] 2026/01/01 [ERR] disk is full']
  ]
  expect((await merged({}, lines)).split('\n').filter(Boolean)).toHaveLength(2)
  expect((await merged({ verbose: true }, lines)).split('\n').filter(Boolean)).toHaveLength(4)
})

test('in JSON the lines of services are passed on untouched', async () => {
  const line = JSON.stringify({ level: 30, service: 'chat', msg: 'hello' })
  expect(await merged({ format: 'json' }, [['chat', line]])).toBe(`${line}\n`)
})

test('many lines of one moment are written at once', async () => {
  const writes: string[] = []
  const log = mergeLogs({ format: 'pretty', colour: false, verbose: false, write: (text) => writes.push(text) })
  for (let i = 0; i < 100; i++) log('chat', `line ${i}`)
  await new Promise((resolve) => setImmediate(resolve))
  expect(writes).toHaveLength(1)
})

async function merged(options: Partial<LogMergeOptions>, lines: [string, string][]): Promise<string> {
  let text = ''
  const log = mergeLogs({
    format: 'pretty',
    colour: false,
    verbose: false,
    write: (more) => (text += more),
    ...options
  })
  for (const [source, line] of lines) log(source, line)
  await new Promise((resolve) => setImmediate(resolve))
  return text
}
