import { BusDisconnected } from '@belay/bus'
import { eventually } from '@belay/testing'
import { expect, onTestFinished, test } from 'vitest'
import { appError, createLogger, createServer, NotReady } from '../src/index.ts'

const databaseAway = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' })

const Busy = appError('BUSY', 'Too busy', 503)

/** A service whose calls fail while a dependency is away, with its log. */
async function start() {
  const lines: Record<string, unknown>[] = []
  const logger = createLogger(
    { service: 'test', level: 'info' },
    { write: (line) => void lines.push(JSON.parse(line)) }
  )
  const app = createServer({
    service: 'test',
    config: { LOG_LEVEL: 'info', PUBLIC_URL: 'http://localhost:8080' },
    logger
  })
  const away = { database: true, nats: true }
  for (const name of ['database', 'nats'] as const) {
    app.health.addCheck(name, async () => {
      if (away[name]) throw new NotReady('away')
    })
  }
  app.get('/database', async () => {
    throw databaseAway
  })
  app.get('/nats', async () => {
    throw new BusDisconnected()
  })
  app.get('/busy', async () => {
    throw new Busy()
  })
  onTestFinished(() => app.close())
  return { app, away, lines, logger }
}

test('an outage is one line without a stack however many calls fail, and one line at its end', async () => {
  const { app, away, lines } = await start()
  const calls = Array.from({ length: 50 }, () => app.inject('/database'))
  expect(new Set((await Promise.all(calls)).map(({ statusCode }) => statusCode))).toEqual(new Set([503]))
  expect(lines).toMatchObject([{ level: 'warn', dependency: 'database', msg: 'a dependency is unavailable' }])
  expect(JSON.stringify(lines)).not.toContain('    at ')
  away.database = false
  await eventually(() => expect(lines).toHaveLength(2))
  expect(lines[1]).toMatchObject({ level: 'info', dependency: 'database', failures: 50 })
})

test('each dependency has its own outages, and a later one is logged again', async () => {
  const { app, away, lines } = await start()
  await app.inject('/database')
  await app.inject('/nats')
  expect(lines).toMatchObject([{ dependency: 'database' }, { dependency: 'nats' }])
  away.nats = false
  await eventually(() => expect(lines).toHaveLength(3))
  await app.inject('/nats')
  expect(lines).toMatchObject([{}, {}, { level: 'info', dependency: 'nats' }, { level: 'warn', dependency: 'nats' }])
})

test('an application error with status 503 is logged as well, once', async () => {
  const { app, lines } = await start()
  await Promise.all([app.inject('/busy'), app.inject('/busy')])
  expect(lines).toMatchObject([{ level: 'warn', dependency: 'BUSY', reason: 'Too busy' }])
})

test('an error that ends the process is logged in full, even one of an outage', async () => {
  const { lines, logger } = await start()
  logger.fatal({ err: databaseAway }, 'stopping')
  expect(lines).toMatchObject([{ level: 'fatal', err: { code: 'ECONNREFUSED' } }])
})
