import { systemRuntime } from '@belay/kit'
import { createApi } from '@belay/testing'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { closeClients, connect, signIn, useGateways } from '../support/direct.ts'
import { metricOf, numbersFrom } from '../support/sockets.ts'

const gateways = useGateways({
  count: 2,
  env: {
    HEARTBEAT_INTERVAL_MS: '500',
    PING_TIMEOUT_MS: '5000',
    MAX_BUFFERED_BYTES: '262144',
    MAX_CONNECTIONS_PER_ADDRESS: '6'
  }
})
closeClients()

const { newId } = systemRuntime
const url = () => gateways.urls[0] ?? ''
const untilNone = () => expect.poll(() => metricOf({ url: url() }, 'connections'), { timeout: 10_000 }).toBe(0)

test.each(['', '&sid=', '&sid=x&sid='])(
  'an address has so many sessions, then its handshakes get 429 (%j)',
  async (query) => {
    await untilNone()
    const clients = await Promise.all(
      numbersFrom(1, 6).map(async () => signIn(url(), await gateways.chat.sign(newId())))
    )
    const answer = await createApi(url()).get(`/socket.io/?EIO=4&transport=polling${query}`)
    expect(answer).toMatchObject({ status: 429, body: { success: false, error: { code: 'TOO_MANY_CONNECTIONS' } } })
    const refused = connect(url())
    await new Promise((resolve) => refused.raw.once('connect_error', resolve))
    for (const client of clients) client.raw.disconnect()
  }
)

test('a client that no longer answers pings is dropped as dead; one that does stays', { timeout: 30_000 }, async () => {
  await untilNone()
  const silent = await openRaw(await gateways.chat.sign(newId()))
  const alive = await signIn(url(), await gateways.chat.sign(newId()))
  await expect.poll(() => metricOf({ url: url() }, 'dead_peers_total'), { timeout: 20_000 }).toBe(1)
  expect(await metricOf({ url: url() }, 'disconnects_total', 'reason="dead"')).toBe(1)
  expect(await metricOf({ url: url() }, 'admitted_connections', 'transport="socket.io-websocket"')).toBe(1)
  expect(alive.raw.connected).toBe(true)
  silent.terminate()
})

test('a client that stops reading is disconnected, recovers, and its neighbour notices nothing', async () => {
  await untilNone()
  const [anaId, benId] = [newId(), newId()]
  const conversation = gateways.chat.converse(anaId, benId)
  const ana = await signIn(url(), await gateways.chat.sign(anaId))
  const first = gateways.chat.write(conversation, anaId, 'first')
  const token = await gateways.chat.sign(benId)
  const slow = await openRaw(token)
  slow.pause()
  let sent = 1
  while ((await metricOf({ url: url() }, 'closed_total', 'too_slow')) === 0) {
    expect(sent).toBeLessThan(20_000)
    for (const _ of numbersFrom(1, 100)) gateways.chat.write(conversation, anaId, '🧗'.repeat(2_000))
    sent += 100
    await ana.next('new_message', ({ seq }) => seq === sent)
  }
  slow.terminate()
  const back = await signIn(url(), token)
  let after = first.id
  let recovered = 0
  for (let hasMore = true; hasMore;) {
    const answer = await back.ask('recover', { conversation_id: conversation.id, after_message_id: after })
    const page: { data: { messages: { id: string }[] }; meta: { pagination: { hasMore: boolean } } } = JSON.parse(
      JSON.stringify(answer)
    )
    recovered += page.data.messages.length
    after = page.data.messages.at(-1)?.id ?? after
    hasMore = page.meta.pagination.hasMore
  }
  expect(recovered).toBe(sent - 1)
}, 60_000)

test('a process that stops breaks its connections so that clients reconnect, also those that poll', async () => {
  const stopping = gateways.urls[1] ?? ''
  const clients = [
    await signIn(stopping, await gateways.chat.sign(newId())),
    await signIn(stopping, await gateways.chat.sign(newId()), { transports: ['polling'] })
  ]
  const stopped = gateways.stop(1)
  // After "io server disconnect" they would not come back.
  for (const client of clients) expect(['transport close', 'transport error']).toContain(await client.disconnected)
  await stopped
})

/** Signs in over a WebSocket that a test can pause, and that answers no pings. */
async function openRaw(token: string): Promise<WebSocket> {
  const socket = new WebSocket(`${url().replace(/^http/, 'ws')}/socket.io/?EIO=4&transport=websocket`)
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject)
    socket.on('message', (data: Buffer) => {
      const text = data.toString()
      if (text.startsWith('0')) socket.send(`40${JSON.stringify({ token })}`)
      if (text.includes('authenticated')) resolve()
    })
  })
  return socket
}
