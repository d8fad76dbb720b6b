import { systemRuntime } from '@belay/kit'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { closeClients, connect, signIn, useGateways } from '../support/direct.ts'
import { metricOf, numbersFrom } from '../support/sockets.ts'

const gateways = useGateways({ env: { OPEN_TIMEOUT_MS: '3000' } })
closeClients()

const { newId } = systemRuntime
const url = () => gateways.urls[0] ?? ''
const signInAnyone = async () => signIn(url(), await gateways.chat.sign(newId()))

/** The process lives and holds nothing of the clients that are gone. */
async function expectUnharmed(): Promise<void> {
  await expect.poll(() => metricOf({ url: url() }, 'connections'), { timeout: 10_000 }).toBe(0)
  const client = await signInAnyone()
  expect(await client.ask('nonsense')).toMatchObject({ success: false, error: { code: 'VALIDATION_ERROR' } })
  client.raw.disconnect()
  await client.disconnected
}

const nest = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
const nested: unknown = JSON.parse(nest(500))
const events: [string, unknown][] = [
  ['send_message', undefined],
  ['send_message', null],
  ['send_message', 'text'],
  ['send_message', []],
  ['send_message', nested],
  ['send_message', { content: nested, conversation_id: newId() }],
  ['send_message', { content: { $ne: '' }, receiver_id: newId() }],
  ['send_message', JSON.parse('{"__proto__": {"content": "x"}, "constructor": 1}')],
  ['send_message', { content: Buffer.from('bytes'), receiver_id: newId() }],
  ['send_message', { content: 'nul \u0000', receiver_id: newId() }],
  ['mark_read', { message_id: 7 }],
  ['mark_read', { message_id: "'; drop table messages" }],
  ['typing_start', { conversation_id: '../..' }],
  ['recover', { conversation_id: newId() }],
  ['authenticate', { token: 7 }],
  ['__proto__', {}],
  ['constructor', {}],
  ['error', {}],
  ['x'.repeat(10_000), {}]
]

test.each(events)('an event outside its schema is answered with VALIDATION_ERROR', async (name, data) => {
  const client = await signInAnyone()
  expect(await client.ask(name, data)).toEqual({
    success: false,
    error: { code: 'VALIDATION_ERROR', message: expect.any(String) }
  })
  client.raw.emit(name, data)
  expect(await client.next('error_event')).toMatchObject({ event: name.slice(0, 64), code: 'VALIDATION_ERROR' })
})

const packets: [string, readonly (string | Buffer)[]][] = [
  ['reserved event names', ['42["disconnect"]']],
  ['another reserved one', ['42["connect_error",{}]']],
  ['an event that is a number', ['42[1,{}]', '41']],
  ['no JSON', ['42[']],
  ['an event without a name', ['42[]']],
  ['an unknown packet', ['4z']],
  ['a huge packet', [`42["send_message","${'x'.repeat(70_000)}"]`]],
  ['attachments that never come', ['451-["x",{"_placeholder":true,"num":0}]', '42["x"]']],
  ['too many attachments', ['4599-["x"]']],
  ['a placeholder of no attachment', ['451-["x",{"_placeholder":true,"num":9}]', Buffer.from('bytes')]],
  ['bytes', [Buffer.from('bytes')]],
  ['an acknowledgement of nothing', ['437[1]', '41']],
  ['a second sign-in to the namespace', ['40{}', '40{}']],
  ['a crowd of sign-ins', numbersFrom(1, 500).map(() => '40{}')],
  ['an argument that is nested deeply', [`42["send_message",${nest(30_000)}]`]],
  ['a content that is nested deeply', [`42["send_message",{"content":${nest(30_000)}}]`]],
  ['a ping of a client', ['2']]
]

test.each(packets)('a client that sends %s is disconnected at most', async (_name, sent) => {
  const socket = new WebSocket(`${url().replace(/^http/, 'ws')}/socket.io/?EIO=4&transport=websocket`)
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.on('error', () => undefined)
  socket.on('message', (data: Buffer) => {
    const text = data.toString()
    if (text.startsWith('0')) socket.send('40{}')
    if (text.startsWith('40')) for (const packet of sent) socket.send(packet)
  })
  await closed
  await expectUnharmed()
})

test.each(['/admin', '/__proto__', '//'])('there is no other namespace: %s', async (namespace) => {
  const client = connect(`${url()}${namespace}`, { auth: { token: await gateways.chat.sign(newId()) } })
  const error: unknown = await new Promise((resolve) => client.raw.once('connect_error', resolve))
  expect(String(error)).toContain('Invalid namespace')
  client.raw.io.engine.close()
  await expectUnharmed()
})

test('a flood of events of one client is refused beyond 100 that wait, and others are served', async () => {
  const flooding = await signInAnyone()
  const answers = numbersFrom(1, 400).map(() => flooding.ask('mark_read', { message_id: newId() }))
  const codes = (await Promise.all(answers)).map((answer) => JSON.stringify(answer))
  expect(codes.filter((text) => text.includes('TOO_MANY_PENDING_MESSAGES')).length).toBeGreaterThan(0)
  expect(codes.filter((text) => text.includes('MESSAGE_NOT_FOUND')).length).toBeGreaterThanOrEqual(100)
  flooding.raw.disconnect()
  await expectUnharmed()
})

test('Engine.IO of another version and unknown sessions are refused', async () => {
  for (const query of ['EIO=3&transport=polling', 'EIO=4&transport=polling&sid=unknown', 'EIO=4&transport=toString']) {
    const response = await fetch(`${url()}/socket.io/?${query}`)
    expect({ query, status: response.status }).toEqual({ query, status: 400 })
    await response.text()
  }
  await expectUnharmed()
})
