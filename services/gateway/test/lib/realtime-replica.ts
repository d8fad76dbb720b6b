import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server as HttpServer } from 'node:http'
import type { Socket as NetSocket } from 'node:net'
import { Server } from 'socket.io'
import { onTestFinished } from 'vitest'
import { portOf } from './stand-in.ts'

/** A realtime gateway with a real Socket.IO server, whose sockets echo. */
export interface RealtimeReplica {
  url: string
  port: number
  instanceId: string
  io: Server
  /** Every HTTP request and upgrade that it received, oldest first. */
  asked: IncomingMessage[]
  /** How many of them asked for the id of its instance. */
  namings(): number
  /** Ends like a killed process: every connection breaks. */
  kill(): Promise<void>
}

/** Starts one for the running test; pass `port` to replace one that was killed. */
export async function realtimeReplica({ port = 0, pingIntervalMs = 25_000 } = {}): Promise<RealtimeReplica> {
  const instanceId = randomUUID()
  const asked: IncomingMessage[] = []
  const connections = new Set<NetSocket>()
  const server = createServer((request, response) => {
    if (request.url === '/instance') response.end(JSON.stringify({ instance_id: instanceId }))
  })
  server.on('connection', (connection) => {
    connections.add(connection)
    connection.once('close', () => connections.delete(connection))
  })
  const io = new Server(server, {
    path: '/socket.io',
    addTrailingSlash: false,
    serveClient: false,
    pingInterval: pingIntervalMs,
    maxHttpBufferSize: 64 * 1024
  })
  // After Engine.IO, which takes its requests away from listeners that were there before.
  server.prependListener('request', (request: IncomingMessage) => void asked.push(request))
  server.prependListener('upgrade', (request: IncomingMessage) => void asked.push(request))
  io.engine.generateId = () => `${instanceId}.${randomBytes(15).toString('base64url')}`
  io.on('connection', (socket) => {
    socket.emit('welcome', instanceId)
    socket.on('echo', (value: unknown, acknowledge: (answer: unknown) => void) => acknowledge(value))
    socket.on('everybody', (value: unknown) => io.emit('heard', value))
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const kill = () => end(server, connections)
  onTestFinished(kill)
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    port: portOf(server),
    instanceId,
    io,
    asked,
    namings: () => asked.filter(({ url }) => url === '/instance').length,
    kill
  }
}

async function end(server: HttpServer, connections: ReadonlySet<NetSocket>): Promise<void> {
  if (!server.listening) return
  server.close()
  for (const connection of connections) connection.destroy()
  await once(server, 'close')
}
