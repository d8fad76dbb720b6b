/** Opens sockets that stay idle, as many again on request, and keeps them open. */
import { Pool } from 'undici'
import { WebSocket } from 'ws'
import { makePairs, type Pair } from '../lib/pairs.ts'

const [origin = '', pairCount = '50', perPerson = '20'] = process.argv.slice(2)

function open(pair: Pair, token: string): Promise<unknown> {
  const url = `${origin.replace(/^http/, 'ws')}/ws/sessions/${pair.sessionId}/?token=${token}&after_seq=0`
  const socket = new WebSocket(url, { perMessageDeflate: false })
  return new Promise((resolve, reject) => {
    // The replayed message tells that the socket is authenticated.
    socket.once('message', resolve)
    socket.once('error', reject)
    socket.once('close', (code) => reject(new Error(`closed with ${code}`)))
  })
}

const pool = new Pool(origin, { connections: 10 })
const pairs = await makePairs(pool, Number(pairCount))
for (const pair of pairs) {
  const answer = await pool.request({
    method: 'POST',
    path: `/api/sessions/${pair.sessionId}/messages/`,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${pair.inviterToken}` },
    body: '{"body":"hello"}'
  })
  await answer.body.text()
}

async function openAll(): Promise<number> {
  for (const pair of pairs) {
    const tokens = Array.from({ length: Number(perPerson) }, () => [pair.inviterToken, pair.inviteeToken]).flat()
    await Promise.all(tokens.map((token) => open(pair, token)))
  }
  return pairs.length * 2 * Number(perPerson)
}

// The first ones make the servers' heaps grow to what a crowd of arrivals takes; each further one adds what it costs.
process.send?.({ open: await openAll() })
process.once('message', async () => process.send?.({ open: await openAll() }))
