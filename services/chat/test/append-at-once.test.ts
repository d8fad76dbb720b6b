import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import type { AppendInput } from '#src/messages/append.repository.ts'
import { useLogs } from './logs.ts'

const { db, openLog, makeUser, makeThread, waitForLock } = await useLogs()

async function makePair() {
  const [ana, ben] = [await makeUser(), await makeUser()]
  const id = await makeThread('session', 'accepted', [ana, ben])
  const input = (body: string, more: Partial<AppendInput> = {}): AppendInput => ({
    thread_id: id,
    sender_id: ana,
    body,
    client_msg_id: null,
    ...more
  })
  return { id, ana, ben, input }
}

async function seqsOf(threadId: string): Promise<number[]> {
  const rows = await db.selectFrom('messages').select('seq').where('thread_id', '=', threadId).orderBy('seq').execute()
  return rows.map(({ seq }) => seq)
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

test('of a batch with something to decide about, each message has its own outcome', async () => {
  const [{ id, ana, ben, input }, other, locked] = [await makePair(), await makePair(), await makePair()]
  const disabled = await makeUser()
  await db.updateTable('users').set({ disabled: true }).where('id', '=', disabled).execute()
  await db.insertInto('members').values({ thread_id: id, user_id: disabled }).execute()
  await db.updateTable('threads').set({ locked: true }).where('id', '=', locked.id).execute()
  const log = openLog()
  const first = await log.append(input('first', { client_msg_id: 'one' }))

  const outcomes = await Promise.all([
    log.append(input('second')),
    log.append(input('again', { client_msg_id: 'one' })),
    log.append(input('of a stranger', { sender_id: other.ana })),
    log.append(input('of a disabled account', { sender_id: disabled })),
    log.append(locked.input('too late')),
    log.append(input('nowhere', { thread_id: randomUUID() })),
    log.append(other.input('elsewhere')),
    log.append(input('third', { sender_id: ben })),
    log.append(input('fourth', { client_msg_id: 'four' })),
    log.append(input('fourth, again', { client_msg_id: 'four' }))
  ])

  const stored = outcomes.map((outcome) =>
    'message' in outcome ? [outcome.message.seq, outcome.repeated] : outcome.reason
  )
  expect(stored).toEqual([
    [2, false],
    [1, true],
    'not_a_member',
    'account_disabled',
    'thread_locked',
    'thread_not_found',
    [1, false],
    [3, false],
    [4, false],
    [4, true]
  ])
  expect(outcomes[1]).toMatchObject({ message: { id: 'message' in first && first.message.id, body: 'first' } })
  expect(await seqsOf(id)).toEqual(upTo(4))
  const sent = await db
    .selectFrom('members')
    .select('sent_count')
    .where('thread_id', '=', id)
    .where('user_id', '=', ana)
    .executeTakeFirst()
  expect(sent).toEqual({ sent_count: 3 })
})

test('a member who is removed while their message waits for its turn is refused', async () => {
  const { id, ana, ben, input } = await makePair()

  const sending = await db.transaction().execute(async (trx) => {
    await trx.selectFrom('threads').select('id').where('id', '=', id).forUpdate().execute()
    const log = openLog()
    const outcomes = Promise.all([log.append(input('too late')), log.append(input('in time', { sender_id: ben }))])
    await waitForLock()
    await trx.deleteFrom('members').where('thread_id', '=', id).where('user_id', '=', ana).execute()
    return { outcomes }
  })

  expect(await sending.outcomes).toMatchObject([{ reason: 'not_a_member' }, { message: { seq: 1, body: 'in time' } }])
  expect(await seqsOf(id)).toEqual([1])
})

test('a thread that is locked while a message waits for its turn takes it no more', async () => {
  const { id, input } = await makePair()

  const sending = await db.transaction().execute(async (trx) => {
    await trx.selectFrom('threads').select('id').where('id', '=', id).forUpdate().execute()
    const outcome = openLog().append(input('too late'))
    await waitForLock()
    await trx.updateTable('threads').set({ locked: true, context_status: 'cancelled' }).where('id', '=', id).execute()
    return { outcome }
  })

  expect(await sending.outcome).toMatchObject({ reason: 'thread_locked' })
  expect(await seqsOf(id)).toEqual([])
})

test('the same message at two replicas at once is stored once', async () => {
  const { id, input } = await makePair()
  const replicas = [openLog(), openLog()]

  for (const n of upTo(20)) {
    const outcomes = await Promise.all(replicas.map((log) => log.append(input('hi', { client_msg_id: `m${n}` }))))
    const messages = outcomes.map((outcome) => 'message' in outcome && outcome.message.seq)
    expect(messages).toEqual([n, n])
    expect(outcomes.filter((outcome) => 'message' in outcome && outcome.repeated)).toHaveLength(1)
  }
  expect(await seqsOf(id)).toEqual(upTo(20))
})

test('replicas that write to the same threads in different orders leave no gap and lose nothing', async () => {
  const pairs = await Promise.all(upTo(8).map(makePair))
  const send = (log: ReturnType<typeof openLog>, order: typeof pairs) =>
    Promise.all(upTo(10).flatMap((n) => order.map(({ input }) => log.append(input(`${n}`)))))

  const outcomes = await Promise.all([send(openLog(), pairs), send(openLog(), pairs.toReversed())])

  expect(outcomes.flat().filter((outcome) => 'message' in outcome)).toHaveLength(160)
  for (const { id } of pairs) expect(await seqsOf(id)).toEqual(upTo(20))
})

test('of a batch that goes beyond a limit, as many messages are stored as the limit has left', async () => {
  const [{ id, input }, other] = [await makePair(), await makePair()]
  const session = { name: 'messages', max: 3, windowSeconds: 3600 }
  const log = openLog(undefined, { session, direct: null, socket: null })

  const outcomes = await Promise.all([
    ...upTo(5).map((n) => log.append(input(`message ${n}`))),
    log.append(other.input('of another person'))
  ])

  expect(outcomes.map((outcome) => ('message' in outcome ? outcome.message.seq : outcome.reason))).toEqual([
    1,
    2,
    3,
    'rate_limited',
    'rate_limited',
    1
  ])
  expect(await seqsOf(id)).toEqual(upTo(3))
})

test('a limit begins again when its window is over', async () => {
  const { ana, input } = await makePair()
  const session = { name: 'messages', max: 1, windowSeconds: 3600 }
  const log = openLog(undefined, { session, direct: null, socket: null })
  await log.append(input('one'))
  expect(await log.append(input('two'))).toMatchObject({ reason: 'rate_limited' })

  const before = new Date(Date.now() - 3_600_000)
  await db.updateTable('rate_limits').set({ window_started_at: before }).where('subject', '=', ana).execute()

  expect(await log.append(input('three'))).toMatchObject({ ok: true })
  expect(await log.append(input('four'))).toMatchObject({ reason: 'rate_limited' })
})
