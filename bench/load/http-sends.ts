/** Sends over HTTP, each kept-alive connection in a closed loop. */
import { setTimeout as wait } from 'node:timers/promises'
import { Client } from 'undici'
import { receiveInput } from '../lib/input.ts'
import { Latencies } from '../lib/latencies.ts'

export interface HttpSendsInput {
  origin: string
  senders: readonly { path: string; token: string }[]
}

const [warmUpSeconds = '3', seconds = '15'] = process.argv.slice(2)
const { origin, senders } = await receiveInput<HttpSendsInput>()
const latencies = new Latencies()
let running = true

async function play({ path, token }: { path: string; token: string }): Promise<void> {
  const client = new Client(origin, { pipelining: 1 })
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
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

const playing = Promise.all(senders.map(play))
await wait(Number(warmUpSeconds) * 1000)
latencies.start()
process.send?.('warm')
await wait(Number(seconds) * 1000)
const report = latencies.report()
running = false
await playing
process.send?.(report, () => process.exit())
