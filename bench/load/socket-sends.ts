/**
 * Pairs of people on session sockets, each sender in a closed loop: the next message goes out when the last one is
 * stored (echoed) and has reached the other person. Latency is from the send to the other person's socket.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { type RawData, WebSocket } from 'ws'
import { receiveInput } from '../lib/input.ts'
import { Latencies } from '../lib/latencies.ts'

/** Two sockets of a session. */
interface Pair {
  sender: string
  receiver: string
}

export interface SocketSendsInput {
  pairs: readonly Pair[]
}

const [warmUpSeconds = '3', seconds = '15'] = process.argv.slice(2)
const { pairs } = await receiveInput<SocketSendsInput>()
const latencies = new Latencies()
let running = true

async function open(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url, { perMessageDeflate: false })
  await new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  return socket
}

async function play(pair: Pair): Promise<void> {
  const [sender, receiver] = await Promise.all([open(pair.sender), open(pair.receiver)])
  let sentAt = 0
  let awaited = 0
  const send = () => {
    awaited = 2
    sentAt = performance.now()
    sender.send('{"type":"message","content":"See you at 8am at the parking lot!"}')
  }
  const arrived = (data: RawData, delivered: boolean) => {
    const { type }: { type: string } = JSON.parse(data.toString())
    if (type === 'error') latencies.fail()
    if (type !== 'message') return
    if (delivered) latencies.add(performance.now() - sentAt)
    awaited -= 1
    if (awaited === 0 && running) send()
  }
  sender.on('message', (data) => arrived(data, false))
  receiver.on('message', (data) => arrived(data, true))
  send()
}

await Promise.all(pairs.map(play))
await wait(Number(warmUpSeconds) * 1000)
latencies.start()
process.send?.('warm')
await wait(Number(seconds) * 1000)
running = false
process.send?.(latencies.report(), () => process.exit())
