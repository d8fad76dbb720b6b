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
import { type Person, repeat } from '../lib/api.ts'
import type { Group } from '../lib/groups.ts'
import { Latencies } from '../lib/latencies.ts'

/** A message on its way. */
interface Flight {
  sentAt: number
  /** Sockets that it has not reached yet. */
  awaited: number
  arrived: () => void
}

const [origin = '', pace = '0', warmUpSeconds = '2', seconds = '10'] = process.argv.slice(2)
const latencies = new Latencies()
const pool = new Pool(origin, { connections: 10 })
/** By `client_msg_id`. */
const flights = new Map<string, Flight>()
let running = true

async function join(person: Person, threadId: string): Promise<void> {
  const url = `${origin.replace(/^http/, 'ws')}/ws/${person.id}?token=${person.token}`
  const socket = new WebSocket(url, { perMessageDeflate: false })
  socket.on('message', receive)
  socket.on('close', () => latencies.fail())
  await once(socket, 'open')
  socket.send(JSON.stringify({ type: 'join_thread', thread_id: threadId }))
  await once(socket, 'message')
}

function receive(data: RawData): void {
  const frame: { type: string; message?: { client_msg_id: string } } = JSON.parse(data.toString())
  if (frame.type === 'error') throw new Error(`a member received an error: ${data.toString()}`)
  const flight = flights.get(frame.message?.client_msg_id ?? '')
  if (flight === undefined) return
  latencies.add(performance.now() - flight.sentAt)
  flight.awaited -= 1
  if (flight.awaited === 0) flight.arrived()
}

/** Resolves when the message has reached every member. */
async function send(sender: Person, { threadId, people }: Group): Promise<void> {
  const id = randomUUID()
  const arrived = new Promise<void>((resolve) => {
    flights.set(id, { sentAt: performance.now(), awaited: people.length, arrived: resolve })
  })
  const answer = await pool.request({
    method: 'POST',
    path: `/threads/${threadId}/messages`,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${sender.token}` },
    body: JSON.stringify({ body: 'See you at 8am at the parking lot!', client_msg_id: id })
  })
  await answer.body.dump()
  if (answer.statusCode === 201) await arrived
  else latencies.fail()
  flights.delete(id)
}

async function sendSteadily(group: Group, perSecond: number): Promise<void> {
  const start = performance.now()
  for (let sent = 0; running; sent += 1) {
    const sender = group.people[sent % group.people.length]
    if (sender !== undefined) void send(sender, group)
    await wait(Math.max(0, start + ((sent + 1) * 1000) / perSecond - performance.now()))
  }
}

async function sendInLoop(sender: Person, group: Group): Promise<void> {
  while (running) await send(sender, group)
}

const group = await new Promise<Group>((resolve) => process.once('message', resolve))
await repeat(group.people.length, async (index) => {
  const person = group.people[index]
  if (person !== undefined) await join(person, group.threadId)
})
if (pace === '0') for (const sender of group.people.slice(0, 10)) void sendInLoop(sender, group)
else void sendSteadily(group, Number(pace))
await wait(Number(warmUpSeconds) * 1000)
latencies.start()
process.send?.('warm')
await wait(Number(seconds) * 1000)
running = false
process.send?.(latencies.report(), () => process.exit())
