/**
 * A group thread with a socket for every member. Members send over HTTP: so many messages a second, or (pace 0) ten of
 * them in closed loop, the next message going out when the last one has reached every member. Every arrival at a socket is
 * a delivery; its latency is from the send.
 */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { Pool } from 'undici'
import { type RawData, WebSocket } from 'ws'
import { repeat } from '../lib/api.ts'
import { receiveInput } from '../lib/input.ts'
import { Latencies } from '../lib/latencies.ts'
import { openSocketIo } from '../lib/socket-io.ts'

export interface GroupInput {
  /** Where messages are sent. */
  origin: string
  path: string
  /** Their tokens, and the frame that joins the thread on a socket at `url`; without, they are on Socket.IO. */
  members: readonly { token: string; socket?: { url: string; join: string } }[]
}

/** A message on its way. */
interface Flight {
  sentAt: number
  /** Sockets that it has not reached yet. */
  awaited: number
  arrived: () => void
}

const [warmUpSeconds = '2', seconds = '10', pace = '0'] = process.argv.slice(2)
const { origin, path, members } = await receiveInput<GroupInput>()
const latencies = new Latencies()
const pool = new Pool(origin, { connections: 10 })
/** By `client_msg_id`. */
const flights = new Map<string, Flight>()
let running = true

async function join({ token, socket }: GroupInput['members'][number]): Promise<void> {
  if (socket === undefined) {
    const socketIo = await openSocketIo(origin, token)
    socketIo.on('new_message', (message) => arrive(Object(message).client_msg_id))
    socketIo.on('close', () => latencies.fail())
    return
  }
  const webSocket = new WebSocket(socket.url, { perMessageDeflate: false })
  webSocket.on('message', receive)
  webSocket.on('close', () => latencies.fail())
  await once(webSocket, 'open')
  webSocket.send(socket.join)
  await once(webSocket, 'message')
}

function receive(data: RawData): void {
  const frame: { type: string; message?: { client_msg_id: string } } = JSON.parse(data.toString())
  if (frame.type === 'error') throw new Error(`a member received an error: ${data.toString()}`)
  arrive(frame.message?.client_msg_id ?? '')
}

function arrive(id: string): void {
  const flight = flights.get(id)
  if (flight === undefined) return
  latencies.add(performance.now() - flight.sentAt)
  flight.awaited -= 1
  if (flight.awaited === 0) flight.arrived()
}

/** Resolves when the message has reached every member. */
async function send(token: string): Promise<void> {
  const id = randomUUID()
  const arrived = new Promise<void>((resolve) => {
    flights.set(id, { sentAt: performance.now(), awaited: members.length, arrived: resolve })
  })
  const answer = await pool.request({
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ body: 'See you at 8am at the parking lot!', client_msg_id: id })
  })
  await answer.body.dump()
  if (answer.statusCode === 201) await arrived
  else latencies.fail()
  flights.delete(id)
}

async function sendSteadily(perSecond: number): Promise<void> {
  const start = performance.now()
  for (let sent = 0; running; sent += 1) {
    const sender = members[sent % members.length]
    if (sender !== undefined) void send(sender.token)
    await wait(Math.max(0, start + ((sent + 1) * 1000) / perSecond - performance.now()))
  }
}

async function sendInLoop(token: string): Promise<void> {
  while (running) await send(token)
}

await repeat(members.length, async (index) => {
  const member = members[index]
  if (member !== undefined) await join(member)
})
if (pace === '0') for (const { token } of members.slice(0, 10)) void sendInLoop(token)
else void sendSteadily(Number(pace))
await wait(Number(warmUpSeconds) * 1000)
latencies.start()
process.send?.('warm')
await wait(Number(seconds) * 1000)
running = false
process.send?.(latencies.report(), () => process.exit())
