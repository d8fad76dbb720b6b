import { SendDirectMessage } from '@belay/contracts'
import { registerUser, useSystem } from '@belay/testing'
import { expect, test } from 'vitest'
import { connect } from '../support/people.ts'
import { ask, befriend, inShort, makePremium, meet, send } from './pairs.ts'

const system = useSystem({
  env: {
    LIMIT_MESSAGE_REQUESTS_PER_HOUR: '3',
    LIMIT_DIRECT_MESSAGES_PER_HOUR: '4',
    LIMIT_SOCKET_MESSAGES_PER_SECOND: '1000'
  },
  replicas: { chat: 2 }
})

test('requests that were sent count exactly in their limit, on all replicas', async () => {
  const { ana, ben } = await meet(system)
  const others = await Promise.all(Array.from({ length: 8 }, () => registerUser(system)))
  await ask(ana, ana)
  await ask(ana, ben)
  await ask(ana, ben)

  const answers = await Promise.all(others.map((other) => ask(ana, other)))

  expect(answers.filter(({ status }) => status === 201)).toHaveLength(2)
  const refused = answers.find(({ status }) => status !== 201)
  expect(refused && inShort(refused)).toBe('429 RATE_LIMIT_EXCEEDED')
  expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0)
})

test('messages that were stored count in one limit, over HTTP and sockets, in old and new conversations', async () => {
  const { ana, ben } = await meet(system)
  const bus = await connect(system)
  await befriend(ana, ben)
  await makePremium(system, ana)
  const others = await Promise.all(Array.from({ length: 4 }, () => registerUser(system)))
  await send(ana, ben, 'x'.repeat(2001))

  const input = { sender_id: ana.id, receiver_id: ben.id, body: 'hi', message_type: 'text', client_msg_id: null }
  expect(await bus.ask(SendDirectMessage, input)).toMatchObject({ ok: true })
  const answers = await Promise.all([...others, ben, ben].map((other) => send(ana, other)))

  expect(answers.filter(({ status }) => status === 201)).toHaveLength(3)
  expect(await bus.ask(SendDirectMessage, input)).toMatchObject({ ok: false, reason: 'rate_limited' })
  // What a refused first message opened is undone.
  const opened = await system.sql(
    `select from chat.conversations where status = 'active' and $1 in (user1_id, user2_id)
     and not exists (select from chat.messages where thread_id = conversations.id)`,
    [ana.id]
  )
  expect(opened).toEqual([])
})
