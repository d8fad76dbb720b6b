import { execFile, execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import { chromium } from 'playwright-core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { compositions } from './lib/gateway.ts'
import { standIn } from './lib/stand-in.ts'

const body = JSON.stringify({ title: 'x'.repeat(3_000_000) })
const json = { 'content-type': 'application/json' }
const browser = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'

function* inPieces(): Generator<Uint8Array> {
  const bytes = Buffer.from(body)
  for (let at = 0; at < bytes.length; at += 50_000) yield bytes.subarray(at, at + 50_000)
}

const curls = [
  [],
  ['-H', 'Expect:'],
  ['-H', 'Expect: 100-continue'],
  ['-H', 'Transfer-Encoding: chunked'],
  ['-H', 'Transfer-Encoding: chunked', '-H', 'Expect: 100-continue'],
  ['-H', 'Expect:', '-H', 'Connection: close'],
  ['--http1.0']
]

describe.each(compositions)('%s', (_composition, startGateway) => {
  const start = async () => startGateway((await standIn()).url)

  test.each([
    ['of known length', () => ({ body })],
    ['in chunks', () => ({ body: ReadableStream.from(inPieces()), duplex: 'half' as const })],
    ['on a connection that ends with the answer', () => ({ body, headers: { ...json, connection: 'close' } })]
  ])('fetch sees the 413 of 3 MB %s', async (_how, options) => {
    const { url } = await start()
    for (let round = 0; round < 5; round += 1) {
      const answer = await fetch(`${url}/events`, { method: 'POST', headers: json, ...options() })
      expect([answer.status, await answer.json()]).toEqual([
        413,
        expect.objectContaining({ code: 'PAYLOAD_TOO_LARGE' })
      ])
    }
  })

  test('a connection stays usable after a body that was too large', async () => {
    const { api } = await start()
    for (let round = 0; round < 3; round += 1) {
      expect((await api.post('/events', body)).status).toBe(413)
      expect((await api.post('/events', {})).status).toBe(200)
    }
  })

  test.skipIf(!isThere('curl'))('curl sees the 413 of 3 MB, however it sends them', async () => {
    const { url } = await start()
    for (const options of curls) {
      const fixed = ['-sS', '-o', '/dev/null', '-w', '%{http_code}', '-H', 'content-type: application/json']
      const curl = promisify(execFile)('curl', [...fixed, ...options, '--data-binary', '@-', `${url}/events`])
      curl.child.stdin?.end(body)
      expect([options, (await curl).stdout]).toEqual([options, '413'])
    }
  })

  test.skipIf(!existsSync(browser))('a page in a browser sees the 413 of 3 MB', async () => {
    const { url } = await start()
    const chrome = await chromium.launch({ executablePath: browser, args: ['--no-sandbox'] })
    onTestFinished(() => chrome.close())
    const page = await chrome.newPage({ bypassCSP: true })
    await page.goto(`${url}/livez`)
    const status = await page.evaluate(async (text) => {
      const answer = await fetch('/events', { method: 'POST', body: text, headers: { 'content-type': 'text/plain' } })
      return answer.status
    }, body)
    expect(status).toBe(413)
  })
})

function isThere(program: string): boolean {
  try {
    execFileSync(program, ['--version'])
    return true
  } catch {
    return false
  }
}
