import { Agent, type IncomingMessage, request as httpRequest } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Headers } from '#src/proxy/forwarded-headers.ts'

/** How long a replica may take to accept a connection, in milliseconds. */
const connectTimeoutMs = 1_000
/** Connections that become sockets are never reused. */
const agent = new Agent({ keepAlive: false })

/** The realtime gateway's response to an upgrade: 101 with an open connection, or anything else without one. */
export interface UpgradeAnswer {
  response: IncomingMessage
  opened: Duplex | undefined
}

/** The upgrade to request. */
export interface UpgradeRequest {
  /** Path and query, as the client sent them. */
  path: string
  headers: Headers
  /** A replica that is silent for longer counts as hanging. */
  answerTimeoutMs: number
}

/** Requests a WebSocket from a replica; rejects when it refuses the connection, breaks it or stays silent. */
export function askUpgrade(replica: URL, { path, headers, answerTimeoutMs }: UpgradeRequest): Promise<UpgradeAnswer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      hostname: replica.hostname,
      port: replica.port,
      path,
      headers: { ...headers, connection: 'Upgrade', upgrade: 'websocket' },
      agent,
      timeout: answerTimeoutMs
    })
    request.once('socket', limitConnecting)
    request.once('upgrade', (response, socket, head) => {
      socket.setTimeout(0)
      if (head.length > 0) socket.unshift(head)
      resolve({ response, opened: socket })
    })
    request.once('response', (response) => resolve({ response, opened: undefined }))
    request.once('timeout', () => request.destroy(new Error(`no answer within ${answerTimeoutMs} ms`)))
    request.on('error', reject)
    request.end()
  })
}

/** Removes its timer and listeners, which would otherwise live as long as the WebSocket. */
function limitConnecting(socket: Socket): void {
  const timer = setTimeout(() => socket.destroy(connectTimeout()), connectTimeoutMs)
  const stop = () => {
    clearTimeout(timer)
    socket.off('connect', stop)
    socket.off('close', stop)
  }
  socket.once('connect', stop)
  socket.once('close', stop)
}

function connectTimeout(): Error {
  return Object.assign(new Error(`no connection within ${connectTimeoutMs} ms`), { code: 'UND_ERR_CONNECT_TIMEOUT' })
}

/** Returns the status line and headers of a response, unchanged. */
export function headOf({ statusCode, statusMessage, rawHeaders }: IncomingMessage): string {
  const lines = [`HTTP/1.1 ${statusCode} ${statusMessage}`]
  for (let at = 0; at < rawHeaders.length; at += 2) lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`)
  return `${lines.join('\r\n')}\r\n\r\n`
}
