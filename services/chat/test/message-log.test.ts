import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { toError } from '#src/doors/shua/errors.ts'
import { useLogs } from './logs.ts'

const { db, openLog, makeUser, makeThread: makeThreadOf } = await useLogs()

/** A thread with one member in it. */
async function makeThread() {
  const userId = await makeUser()
  const threadId = await makeThreadOf('session', 'accepted', [userId])
  const bodies = async () => {
    const rows = await db.selectFrom('messages').select(['seq', 'body']).where('thread_id', '=', threadId).execute()
    return rows.toSorted((one, other) => one.seq - other.seq).map((row) => row.body)
  }
  const input = (body: string) => ({ thread_id: threadId, sender_id: userId, body, client_msg_id: null })
  return { input, bodies }
}

test('a message whose live signal fails is stored once and acknowledged', async () => {
  const { input, bodies } = await makeThread()
  const failing = openLog(() => {
    throw new Error('no signal')
  })
  const outcomes = await Promise.all(['one', 'two', 'three'].map((body) => failing.append(input(body))))
  expect(outcomes).toMatchObject([1, 2, 3].map((seq) => ({ ok: true, repeated: false, message: { seq } })))
  expect(await bodies()).toEqual(['one', 'two', 'three'])
})

test('of more sends than the log holds in memory, the rest is refused at once with 503', async () => {
  const messageLog = openLog(() => undefined)
  const { input } = await makeThread()
  const send = { ...input('nowhere'), thread_id: randomUUID() }

  const outcomes = await Promise.all(Array.from({ length: 5_001 }, () => messageLog.append(send)))

  expect(outcomes.filter((outcome) => !outcome.ok && outcome.reason === 'thread_not_found')).toHaveLength(5_000)
  const last = outcomes.at(-1)
  if (last === undefined || last.ok) throw new Error('the last one was stored')
  expect(toError(last, null)).toMatchObject({ code: 'CHAT_BUSY', statusCode: 503 })
})

test('a message that PostgreSQL rejects does not affect the rest of its batch', async () => {
  const { input, bodies } = await makeThread()
  const published: number[] = []
  const messageLog = openLog((written) => {
    for (const { messages } of written.values()) published.push(...messages.map(({ seq }) => seq))
  })
  const outcomes = await Promise.allSettled(
    ['before', 'a NUL \u0000 in it', 'after'].map((body) => messageLog.append(input(body)))
  )
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(await bodies()).toEqual(['before', 'after'])
  expect(published).toEqual([1, 2])
})

test('a message without a client_msg_id is no repeat, not even of one whose client_msg_id is "null" or "undefined"', async () => {
  const { input, bodies } = await makeThread()
  const messageLog = openLog(() => undefined)
  const sends = [
    { ...input('named null'), client_msg_id: 'null' },
    { ...input('named undefined'), client_msg_id: 'undefined' },
    { ...input('named nothing'), client_msg_id: '' },
    input('unnamed'),
    input('unnamed as well')
  ]
  const outcomes = await Promise.all(sends.map((send) => messageLog.append(send)))
  expect(outcomes).toMatchObject(sends.map(() => ({ ok: true, repeated: false })))
  expect(await bodies()).toEqual(sends.map(({ body }) => body))
})
