import { loadConfig } from '@belay/config'
import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { cleanUp } from '../src/backbone/cleanup.ts'
import {
  checkLimit,
  consumeLimit,
  type Limit,
  limitFrom,
  LimitVariable,
  peekLimit,
  RateLimited,
  recordUse,
  returnUse
} from '../src/index.ts'
import { useDatabase } from './database.ts'

const database = useDatabase()
const limit: Limit = { name: 'invitations', max: 3, windowSeconds: 3600 }
const noon = new Date('2027-03-01T12:00:00Z')
const later = (seconds: number) => new Date(noon.getTime() + seconds * 1000)

async function refusalOf(call: Promise<unknown>): Promise<RateLimited> {
  const error = await call.catch((reason: unknown) => reason)
  if (error instanceof RateLimited) return error
  return expect.fail('the call should have been refused')
}

test('a window starts with its first use, rejects uses over the limit, and ends', async () => {
  const { db } = database
  const use = { subject: 'ada', limit }
  for (const seconds of [0, 10, 20]) await consumeLimit(db, { ...use, now: later(seconds) })
  const refused = await refusalOf(consumeLimit(db, { ...use, now: later(600) }))
  expect(refused.message).toBe('Rate limit exceeded: 3 per hour')
  expect(refused.extras?.headers).toEqual({
    'retry-after': '3000',
    ratelimit: '"invitations";r=0;t=3000',
    'ratelimit-policy': '"invitations";q=3;w=3600'
  })
  await refusalOf(consumeLimit(db, { ...use, now: later(3599) }))
  await consumeLimit(db, { ...use, now: later(3600) })
  expect(await peekLimit(db, { ...use, now: later(3601) })).toEqual({ remaining: 2, resetSeconds: 3599 })
})

test('subjects and limits are independent of one another', async () => {
  const { db } = database
  const tight = { ...limit, max: 1 }
  await consumeLimit(db, { subject: 'one', limit: tight, now: noon })
  await consumeLimit(db, { subject: 'two', limit: tight, now: noon })
  await consumeLimit(db, { subject: 'one', limit: { ...tight, name: 'messages' }, now: noon })
  await refusalOf(consumeLimit(db, { subject: 'one', limit: tight, now: noon }))
})

test('of many concurrent uses on two replicas exactly as many succeed as the limit allows', async () => {
  const { db, second } = database
  const ten = { ...limit, max: 10 }
  const calls = Array.from({ length: 40 }, (_, index) =>
    (index % 2 === 0 ? db : second)
      .transaction()
      .execute((trx) => consumeLimit(trx, { subject: 'crowd', limit: ten, now: noon }))
  )
  const outcomes = await Promise.allSettled(calls)
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(10)
  expect(await peekLimit(db, { subject: 'crowd', limit: ten, now: noon })).toMatchObject({ remaining: 0 })
})

test('only what is committed counts', async () => {
  const { db } = database
  const use = { subject: 'undecided', limit, now: noon }
  const failing = db.transaction().execute(async (trx) => {
    await consumeLimit(trx, use)
    throw new Error('something else went wrong')
  })
  await expect(failing).rejects.toThrow('something else')
  expect(await peekLimit(db, use)).toMatchObject({ remaining: 3 })
})

test('several uses at once are accepted or rejected as a whole', async () => {
  const { db } = database
  const use = { subject: 'bulk', limit, now: noon }
  await consumeLimit(db, { ...use, amount: 2 })
  await refusalOf(consumeLimit(db, { ...use, amount: 2 }))
  await refusalOf(consumeLimit(db, { ...use, subject: 'new', amount: 4 }))
  expect(await peekLimit(db, use)).toMatchObject({ remaining: 1 })
})

test('failures are counted afterwards, and a use can be returned', async () => {
  const { db } = database
  const use = { subject: 'guesser', limit, now: noon }
  await checkLimit(db, use)
  for (let failure = 0; failure < 5; failure += 1) await recordUse(db, use)
  await refusalOf(checkLimit(db, use))
  await returnUse(db, { ...use, amount: 4 })
  await checkLimit(db, use)
  await returnUse(db, { ...use, amount: 9 })
  expect(await peekLimit(db, use)).toMatchObject({ remaining: 3 })
})

test('with limits off nothing is counted or rejected', async () => {
  const { db } = database
  const schema = Type.Object({
    RATE_LIMITS: Type.Union([Type.Literal('on'), Type.Literal('off')], { default: 'on' }),
    LIMIT_THINGS: LimitVariable(2, 'Things per hour.')
  })
  const things = (env: Record<string, string>) =>
    limitFrom(loadConfig(schema, env), 'LIMIT_THINGS', { name: 'things', windowSeconds: 60 })
  expect(things({})).toEqual({ name: 'things', max: 2, windowSeconds: 60 })
  expect(things({ LIMIT_THINGS: '7' })).toMatchObject({ max: 7 })
  const off = { subject: 'free', limit: things({ RATE_LIMITS: 'off' }), now: noon }
  for (let use = 0; use < 5; use += 1) await consumeLimit(db, off)
  await checkLimit(db, off)
  expect(await peekLimit(db, off)).toBeNull()
})

test('windows that ended long ago are deleted, others stay', async () => {
  const { db } = database
  await db.deleteFrom('rate_limits').execute()
  await consumeLimit(db, { subject: 'old', limit, now: noon })
  await consumeLimit(db, { subject: 'new', limit, now: later(2 * 86_400) })
  expect(await cleanUp(db, later(2 * 86_400 + 1))).toBe(1)
  expect(await db.selectFrom('rate_limits').select('subject').execute()).toEqual([{ subject: 'new' }])
})
