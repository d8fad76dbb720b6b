import { createApi, useSystem } from '@belay/testing'
import { expect, test } from 'vitest'
import { block, befriend, makePremium, meet, send } from './pairs.ts'

const system = useSystem({ env: { LIMIT_DIRECT_MESSAGES_PER_HOUR: '4' } })

/** The value of a metric of the chat with this label. */
async function metric(name: string, label: string): Promise<number> {
  const { body } = await createApi(`http://127.0.0.1:${system.process('chat').port}`).get('/metrics')
  const line = String(body)
    .split('\n')
    .find((one) => one.startsWith(`${name}{`) && one.includes(label))
  return Number(line?.split(' ').at(-1) ?? 0)
}

const sends = (outcome: string) => metric('belay_chat_sends_total', `outcome="${outcome}"`)
const reached = (messages: number) => metric('belay_chat_conversations_reached_total', `messages="${messages}"`)

test('metrics count sends by outcome, also those that open a conversation', async () => {
  const { ana, ben } = await meet(system)
  await send(ana, ben)
  await makePremium(system, ana)
  for (const client_msg_id of ['a', 'b', 'b']) await send(ana, ben, 'hi', { client_msg_id })
  await send(ana, ben, 'hi', { message_type: 'video' })
  for (let n = 0; n < 3; n += 1) await send(ana, ben)
  await block(ben, ana)
  await send(ana, ben)

  const outcomes = ['stored', 'repeated', 'unauthorized_action', 'invalid_message_type', 'rate_limited', 'user_blocked']
  expect(await Promise.all(outcomes.map(sends))).toEqual([4, 1, 1, 1, 1, 1])
})

test('metrics count conversations that reach a number of messages', async () => {
  const before = await Promise.all([1, 2, 5].map(reached))
  const { ana, ben } = await meet(system)
  await befriend(ana, ben)
  await send(ben, ana)
  await send(ana, ben)

  expect(await Promise.all([1, 2, 5].map(reached))).toEqual(before.map((count, index) => count + Number(index < 2)))
})
