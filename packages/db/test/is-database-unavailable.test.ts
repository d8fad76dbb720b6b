import { sql } from 'kysely'
import { createServer, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { createDatabase, isDatabaseUnavailable } from '../src/index.ts'

const failureAt = async (port: number) => {
  const url = `postgres://nobody:x@127.0.0.1:${port}/nothing`
  const db = createDatabase({ url, schema: 'people', poolMax: 1, applicationName: 'db-test' })
  const start = performance.now()
  const error = await sql`select 1`.execute(db).catch((reason: unknown) => reason)
  await db.destroy()
  return { error, afterMs: performance.now() - start }
}

async function listen(onConnection: (socket: Socket) => void) {
  const server = createServer(onConnection)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { port, close: () => server.close() }
}

test('a server that refuses, hangs up or keeps silent is unavailable, and is so within two seconds', async () => {
  const hangsUp = await listen((socket) => socket.destroy())
  const silent = await listen(() => {})
  const gone = await listen(() => {})
  gone.close()
  for (const { port } of [gone, hangsUp, silent]) {
    const { error, afterMs } = await failureAt(port)
    expect(isDatabaseUnavailable(error)).toBe(true)
    expect(afterMs).toBeLessThan(2_000)
  }
  hangsUp.close()
  silent.close()
})

const withCode = (code: string) => Object.assign(new Error('postgres said'), { code })

test.for([
  '57P01',
  '57P02',
  '57P03',
  '57014',
  '53300',
  '53100',
  '08006',
  '08001',
  '25006',
  '25P03',
  '58030',
  'ECONNRESET'
])('%s is unavailable', (code) => expect(isDatabaseUnavailable(withCode(code))).toBe(true))

test.for(['23505', '23503', '22P02', '40P01', '40001', '42P01', '42501', '55P03', 'ERR_INVALID_ARG_TYPE'])(
  '%s is about the statement',
  (code) => expect(isDatabaseUnavailable(withCode(code))).toBe(false)
)

test('causes and aggregates are looked through, other things are not errors of a database', () => {
  expect(isDatabaseUnavailable(new Error('outer', { cause: withCode('57P01') }))).toBe(true)
  expect(isDatabaseUnavailable(new AggregateError([new Error('a'), withCode('ECONNREFUSED')]))).toBe(true)
  expect(isDatabaseUnavailable(new Error('Connection terminated unexpectedly'))).toBe(true)
  expect(isDatabaseUnavailable(new Error('nothing of the kind'))).toBe(false)
  expect(isDatabaseUnavailable('ECONNREFUSED')).toBe(false)
  expect(isDatabaseUnavailable(undefined)).toBe(false)
})
