/**
 * Pairs of people on Socket.IO, each sender in a closed loop: the next message goes out when the last one is acknowledged
 * and has reached the other person. Latency is from the send to the other person's socket.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { receiveInput } from '../lib/input.ts'
import { Latencies } from '../lib/latencies.ts'
import { openSocketIo } from '../lib/socket-io.ts'

/** A conversation of two people, by their tokens. */
interface Pair {
  conversationId: string
  sender: string
  receiver: string
}

export interface SocketIoSendsInput {
  origin: string
  pairs: readonly Pair[]
}

const [warmUpSeconds = '3', seconds = '15'] = process.argv.slice(2)
const { origin, pairs } = await receiveInput<SocketIoSendsInput>()
const latencies = new Latencies()
let running = true

async function play({ conversationId, ...tokens }: Pair): Promise<void> {
  const [sender, receiver] = await Promise.all([
    openSocketIo(origin, tokens.sender),
    openSocketIo(origin, tokens.receiver)
  ])
  const message = { conversation_id: conversationId, content: 'See you at 8am at the parking lot!' }
  let sentAt = 0
  let awaited = 0
  const send = () => {
    awaited = 2
    sentAt = performance.now()
    sender.emit('send_message', message, (answer) => {
      if (Object(answer).success !== true) latencies.fail()
      arrived()
    })
  }
  const arrived = () => {
    awaited -= 1
    if (awaited === 0 && running) send()
  }
  receiver.on('new_message', () => {
    latencies.add(performance.now() - sentAt)
    arrived()
  })
  send()
}

await Promise.all(pairs.map(play))
await wait(Number(warmUpSeconds) * 1000)
latencies.start()
process.send?.('warm')
await wait(Number(seconds) * 1000)
running = false
process.send?.(latencies.report(), () => process.exit())
