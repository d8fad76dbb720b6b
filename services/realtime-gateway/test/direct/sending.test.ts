import { systemRuntime } from '@belay/kit'
import { afterEach, expect, test } from 'vitest'
import { closeClients, signIn, useGateways } from '../support/direct.ts'
import { numbersFrom } from '../support/sockets.ts'

const gateways = useGateways({ count: 2, env: { SUBSCRIPTION_CHECK_MS: '60000' } })
closeClients()
afterEach(() => {
  gateways.chat.answersAfter = undefined
})

const { newId } = systemRuntime
const asked = () => gateways.chat.asked.get('append-messages') ?? 0

/** Two people with an open conversation, one on each gateway. */
async function converse() {
  const [anaId, benId] = [newId(), newId()]
  const conversation = gateways.chat.converse(anaId, benId)
  const [ana, ben] = await Promise.all(
    [anaId, benId].map(async (id, index) => signIn(gateways.urls[index] ?? '', await gateways.chat.sign(id)))
  )
  if (ana === undefined || ben === undefined) throw new Error('signed in')
  // Answered by the stand-in, to which the gateway has spoken after it began to listen.
  for (const client of [ana, ben]) await client.ask('mark_read', { message_id: newId() })
  const send = (content: string) => ana.ask('send_message', { conversation_id: conversation.id, content })
  return { anaId, ana, ben, conversation, send }
}

/** Lets questions be stored and not answered until the returned function is called. */
function holdAnswers(): () => void {
  const { promise, resolve } = Promise.withResolvers<void>()
  gateways.chat.answersAfter = promise
  return resolve
}

test('what people send while a question is on its way travels together in the next one', async () => {
  const pairs = await Promise.all(numbersFrom(1, 30).map(() => converse()))
  const before = asked()
  const release = holdAnswers()
  const answers = []
  for (const { ana, send } of pairs) {
    answers.push(send('hello'))
    // In another turn of the gateway's event loop than the next one.
    await ana.ask('mark_read', { message_id: newId() })
  }
  release()
  for (const answer of answers) expect(await answer).toMatchObject({ success: true })
  expect(asked() - before).toBeLessThan(pairs.length / 2)
})

test('a question that hangs does not hold up what others send, and keeps the order of its own sender', async () => {
  const [slow, other] = await Promise.all([converse(), converse()])
  const release = holdAnswers()
  const before = asked()
  const first = slow.send('one')
  await expect.poll(asked).toBe(before + 1)
  gateways.chat.answersAfter = undefined
  const second = slow.send('two')
  expect(await other.send('hello')).toMatchObject({ success: true })
  expect(slow.conversation.log.map(({ body }) => body)).toEqual(['one'])
  release()
  expect(await Promise.all([first, second])).toMatchObject([{ data: { seq: 1 } }, { data: { seq: 2 } }])
})
