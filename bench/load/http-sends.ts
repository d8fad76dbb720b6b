/** Sends over HTTP through the gateway, each kept-alive connection in a closed loop. */
import { setTimeout as wait } from 'node:timers/promises'
import { Client, Pool } from 'undici'
import { Latencies } from '../lib/latencies.ts'
import { makePairs, type Pair } from '../lib/pairs.ts'

const [origin = '', connections = '50', warmUpSeconds = '3', seconds = '15'] = process.argv.slice(2)
const latencies = new Latencies()
let running = true

async function play(pair: Pair): Promise<void> {
  const client = new Client(origin, { pipelining: 1 })
  const path = `/api/sessions/${pair.sessionId}/messages/`
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${pair.inviterToken}` }
  const body = '{"body":"See you at 8am at the parking lot!"}'
  while (running) {
    const sentAt = performance.now()
    const answer = await client.request({ method: 'POST', path, headers, body })
    await answer.body.text()
    if (answer.statusCode === 201) latencies.add(performance.now() - sentAt)
    else latencies.fail()
  }
  await client.close()
}

const pool = new Pool(origin, { connections: 10 })
const pairs = await makePairs(pool, Number(connections))
const playing = Promise.all(pairs.map(play))
await wait(Number(warmUpSeconds) * 1000)
latencies.start()
process.send?.('warm')
await wait(Number(seconds) * 1000)
const report = latencies.report()
running = false
await playing
process.send?.(report, () => process.exit())
