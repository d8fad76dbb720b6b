import { useSystem } from '@belay/testing'
import { expect, test } from 'vitest'
import { expectNothingLost, startConversation } from './lib/conversation.ts'

const system = useSystem({ ownServers: true, env: { RATE_LIMITS: 'off' } })

test.each(['chat', 'realtime-gateway', 'sessions'] as const)(
  'nothing acknowledged is lost or doubled when %s is killed in mid-traffic and comes back',
  async (service) => {
    const conversation = await startConversation(system, 30)
    await conversation.reached(60)

    await system.kill(service, 'SIGKILL')
    await system.restart(service)

    await conversation.finished
    await expectNothingLost(system, conversation)
  },
  60_000
)

test('nothing acknowledged is lost or doubled when NATS is killed in mid-traffic and comes back', async () => {
  const conversation = await startConversation(system, 30)
  await conversation.reached(60)

  await system.nats.kill('SIGKILL')
  await system.nats.restart()

  await conversation.finished
  await expectNothingLost(system, conversation)
}, 60_000)

test('nothing acknowledged is lost or doubled when Postgres is killed in mid-traffic and comes back', async () => {
  const conversation = await startConversation(system, 30)
  await conversation.reached(60)

  await system.postgres.kill('SIGKILL')
  await system.postgres.restart()

  await conversation.finished
  await expectNothingLost(system, conversation)
}, 90_000)

test('the listeners of these tests really were cut off', async () => {
  const conversation = await startConversation(system, 5)
  await conversation.reached(10)

  await system.kill('realtime-gateway', 'SIGKILL')
  await system.restart('realtime-gateway')

  await conversation.finished
  await expectNothingLost(system, conversation)
  expect(conversation.listeners.every((listener) => listener.reconnects > 0)).toBe(true)
}, 60_000)
