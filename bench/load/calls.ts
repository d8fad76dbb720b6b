/** Makes the same GET repeatedly, one call at a time on a kept-alive connection. */
import { Client } from 'undici'
import { receiveInput } from '../lib/input.ts'
import { Latencies } from '../lib/latencies.ts'

export interface CallsInput {
  origin: string
  path: string
  token: string
}

const [warmUpCalls = '100', calls = '500'] = process.argv.slice(2)
const { origin, path, token } = await receiveInput<CallsInput>()
const latencies = new Latencies()
const client = new Client(origin)

async function call(times: number): Promise<void> {
  for (let done = 0; done < times; done += 1) {
    const sentAt = performance.now()
    const answer = await client.request({ method: 'GET', path, headers: { authorization: `Bearer ${token}` } })
    await answer.body.text()
    if (answer.statusCode === 200) latencies.add(performance.now() - sentAt)
    else latencies.fail()
  }
}

await call(Number(warmUpCalls))
latencies.start()
process.send?.('warm')
await call(Number(calls))
process.send?.(latencies.report(), () => process.exit())
