import { pino } from 'pino'
import { expect, test } from 'vitest'
import { followDatabaseClock } from '../src/backbone/follow-database-clock.ts'
import { SystemClock } from '../src/runtime.ts'
import { useDatabase } from './database.ts'

const database = useDatabase()
const minutes = 60_000
const silent = pino({ level: 'silent' })

async function follow(clock: SystemClock): Promise<void> {
  const stop = await followDatabaseClock(clock, database.db, silent)
  stop()
}

const aheadOfTruth = (clock: SystemClock) => clock.now().getTime() - Date.now()

test.each([10, -10])('on a host whose clock is %s minutes ahead the time is the database’s', async (ahead) => {
  const clock = new SystemClock(() => Date.now() + ahead * minutes)
  expect(Math.abs(aheadOfTruth(clock))).toBeGreaterThan(9 * minutes)
  await follow(clock)
  expect(Math.abs(aheadOfTruth(clock))).toBeLessThan(2_000)
})

test('a change of the host clock makes no difference', async () => {
  let ahead = 0
  const clock = new SystemClock(() => Date.now() + ahead)
  await follow(clock)
  ahead = 10 * minutes
  expect(Math.abs(aheadOfTruth(clock))).toBeLessThan(2_000)
})
