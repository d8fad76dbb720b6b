import type { IncomingHttpHeaders } from 'node:http'
import type { Socket } from 'node:net'
import type { Neighbour } from '@belay/kit'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { UpstreamUnavailable } from '#src/errors.ts'
import { copyHeaders } from '#src/proxy/copy-headers.ts'
import { handedOverHeaders } from '#src/proxy/forwarded-headers.ts'

const switching = 'HTTP/1.1 101 '

/** An upgrade that a client sent. */
interface Upgrade {
  client: Socket
  request: FastifyRequest
  reply: FastifyReply
}

/**
 * Hands an upgrade to the realtime gateway of this process: the socket ends there. It writes its response to the connection;
 * a refusal is sent as the gateway's own response, with the gateway's headers.
 * @throws UpstreamUnavailable when it is silent for longer than `answerTimeoutMs`
 */
export async function upgradeHere(
  neighbour: Neighbour,
  { client, request, reply }: Upgrade,
  answerTimeoutMs: number
): Promise<FastifyReply> {
  const { raw } = request
  raw.headers = { ...handedOverHeaders(request), connection: 'Upgrade', upgrade: 'websocket' }
  const opened = () => {
    reply.hijack()
    reply.raw.detachSocket(client)
  }
  const answered = firstAnswer(client, opened, answerTimeoutMs)
  neighbour.upgrade(raw, client, Buffer.alloc(0))
  const refusal = await answered
  return refusal === undefined ? reply : sendRefusal(reply, refusal)
}

/**
 * Resolves with the text of a refusal, or with undefined once the socket is open or the client has left. `opened` is called
 * before the first byte of an open socket is written.
 */
function firstAnswer(client: Socket, opened: () => void, timeoutMs: number): Promise<string | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<string | undefined>()
  const { write, end, destroy } = client
  const left = () => settle(undefined)
  const timer = setTimeout(() => {
    restore()
    reject(new UpstreamUnavailable())
  }, timeoutMs)
  client.once('close', left)

  function restore(): void {
    clearTimeout(timer)
    client.off('close', left)
    // Assigned rather than deleted: the connection would become slow and large for as long as it lives.
    Object.assign(client, { write, end, destroy })
  }
  function settle(refusal: string | undefined): void {
    restore()
    resolve(refusal)
  }
  function take(chunk: unknown): void {
    settle(String(chunk))
    // The one who refuses closes the connection, too: here the gateway does that.
    client.removeAllListeners('finish')
    Object.assign(client, { destroy: () => client })
    queueMicrotask(() => Object.assign(client, { destroy }))
  }
  Object.assign(client, {
    write(chunk: string | Uint8Array) {
      if (!startsSocket(chunk)) {
        take(chunk)
        return true
      }
      settle(undefined)
      opened()
      return client.write(chunk)
    },
    end(chunk?: unknown) {
      take(chunk ?? '')
      return client
    },
    destroy(error?: Error) {
      settle(undefined)
      return client.destroy(error)
    }
  })
  return promise
}

function startsSocket(chunk: string | Uint8Array): boolean {
  return (typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('latin1')).startsWith(switching)
}

function sendRefusal(reply: FastifyReply, text: string): FastifyReply {
  const [head = '', ...body] = text.split('\r\n\r\n')
  const [status = '', ...lines] = head.split('\r\n')
  const headers: IncomingHttpHeaders = {}
  for (const line of lines) {
    const colon = line.indexOf(':')
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim()
  }
  copyHeaders(reply, headers)
  return reply.code(Number(status.split(' ')[1] ?? 502)).send(body.join('\r\n\r\n') || undefined)
}
