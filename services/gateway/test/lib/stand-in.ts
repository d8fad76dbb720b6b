import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

/** A request that a stand-in received. */
export interface Asked {
  method: string
  url: string
  headers: IncomingMessage['headers']
  body: Buffer
}

/** A server in a service's place: records requests and returns the configured response. */
export interface StandIn {
  url: string
  port: number
  server: Server
  asked: Asked[]
  stop(): Promise<void>
}

type Answer = (asked: Asked, response: ServerResponse) => void

const ok: Answer = (_asked, response) => {
  const body = JSON.stringify({ ok: true })
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body)
}

/** Starts one for the running test; pass `port` to replace one that was stopped. */
export async function standIn(answer: Answer = ok, port = 0): Promise<StandIn> {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const { method = '', url = '', headers } = request
      asked.push({ method, url, headers, body })
      answer({ method, url, headers, body }, response)
    })
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const stop = async () => {
    if (!server.listening) return
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }
  onTestFinished(stop)
  const address = portOf(server)
  const started = { url: `http://127.0.0.1:${address}`, port: address, server, asked, stop }
  standIns.set(started.url, started)
  return started
}

const standIns = new Map<string, StandIn>()

/** Returns the one at this URL. */
export function findStandIn(url: string): StandIn {
  const found = standIns.get(url)
  if (found === undefined) throw new Error(`no stand-in at ${url}`)
  return found
}

/** Returns a URL at which no server listens. */
export async function unusedUrl(): Promise<string> {
  const { url, stop } = await standIn()
  await stop()
  return url
}

export function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server does not listen on a port')
  return address.port
}
