import { systemRuntime } from '@belay/kit'
import { afterEach, expect, test } from 'vitest'
import { type Client, closeClients, signIn, useGateways } from '../support/direct.ts'
import { numbersFrom } from '../support/sockets.ts'

const gateways = useGateways({ count: 2, env: { SUBSCRIPTION_CHECK_MS: '60000' } })
closeClients()
afterEach(() => {
  gateways.chat.answersAfter = undefined
  gateways.chat.silent = false
})

const { newId } = systemRuntime
const asked = () => gateways.chat.asked.get('append-messages') ?? 0
const seqsOf = (client: Client) => client.all('new_message').map(({ seq }) => seq)
const untilSeq = (client: Client, seq: number) => client.next('new_message', (data) => data['seq'] === seq)

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
  expect(asked() - before).toBeLessThan(pairs.length)
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

test('a message whose answer was lost is shown by its signal on every socket, once', async () => {
  const { anaId, ana, ben, conversation, send } = await converse()
  const second = await signIn(gateways.urls[0] ?? '', await gateways.chat.sign(anaId))
  holdAnswers()
  expect(await send('stored')).toMatchObject({ success: false, error: { code: 'SERVICE_UNAVAILABLE' } })
  gateways.chat.answersAfter = undefined
  await send('next')
  for (const client of [ana, second, ben]) {
    await untilSeq(client, 2)
    expect(client.all('new_message')).toMatchObject([{ content: 'stored' }, { content: 'next' }])
  }
  expect(conversation.log).toHaveLength(2)
})

test('a message whose answer and signal were lost, as when the chat dies, is read from the log', async () => {
  const { anaId, ana, send } = await converse()
  const second = await signIn(gateways.urls[0] ?? '', await gateways.chat.sign(anaId))
  holdAnswers()
  gateways.chat.silent = true
  expect(await send('stored')).toMatchObject({ success: false, error: { code: 'SERVICE_UNAVAILABLE' } })
  for (const client of [ana, second]) expect(await untilSeq(client, 1)).toMatchObject({ content: 'stored' })
})

test('each message is delivered once and in order, however its signals are lost, repeated and overtaken', async () => {
  const [one, two] = await Promise.all([converse(), converse()])
  const { chat } = gateways
  const write = ({ conversation, anaId }: typeof one, count: number) =>
    numbersFrom(1, count).map((n) => chat.write(conversation, anaId, `message ${n}`, { silent: true }))
  const [first, second, third, lost, fifth] = write(one, 5)
  const [other, another] = write(two, 2)
  if (!first || !second || !third || !lost || !fifth || !other || !another) throw new Error('written')
  chat.signal(second, other)
  chat.signal(first, second)
  chat.signal(third, another)
  chat.signal(first, third, fifth)
  chat.signal(other, another, second)
  expect(await one.send('over a socket')).toMatchObject({ data: { seq: 6 } })
  for (const client of [one.ana, one.ben]) {
    await untilSeq(client, 6)
    expect(seqsOf(client)).toEqual(numbersFrom(1, 6))
  }
  for (const client of [two.ana, two.ben]) {
    await untilSeq(client, 2)
    expect(seqsOf(client)).toEqual([1, 2])
  }
})
