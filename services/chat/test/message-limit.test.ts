import { makePlan, openSessionSocket, useSystem } from '@belay/testing'
import { expect, test } from 'vitest'

const system = useSystem({ env: { LIMIT_MESSAGES_PER_HOUR: '5' }, replicas: { chat: 2 } })

test('the limit counts stored messages exactly, over HTTP and sockets together and on all replicas', async () => {
  const { inviter, sessionId, messages } = await makePlan(system)
  await inviter.api.post(messages, { body: '' })
  const socket = await openSessionSocket(system, sessionId, inviter.token)
  socket.send({ type: 'message', content: 'over the socket' })
  await socket.next((frame) => frame['type'] === 'message')

  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) => inviter.api.post(messages, { body: `message ${n}` }))
  )

  expect(answers.filter((answer) => answer.status === 201)).toHaveLength(4)
  const refused = answers.find((answer) => answer.status !== 201)
  expect(refused?.status).toBe(429)
  expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0)
  expect(refused?.headers['ratelimit']).toBeDefined()
  expect(refused?.headers['ratelimit-policy']).toBeDefined()

  socket.send({ type: 'message', content: 'one too many' })
  expect(await socket.next((frame) => frame['type'] === 'error')).toMatchObject({ code: 'RATE_LIMIT_EXCEEDED' })
})

test('each person has a budget of their own', async () => {
  const { inviter, invitee, messages } = await makePlan(system)
  for (let n = 0; n < 6; n += 1) await inviter.api.post(messages, { body: 'mine' })

  expect((await invitee.api.post(messages, { body: 'yours' })).status).toBe(201)
})
