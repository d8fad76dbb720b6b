import type { Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { copyHeaders } from '#src/proxy/copy-headers.ts'
import { forwardedHeaders } from '#src/proxy/forwarded-headers.ts'
import type { UpstreamOptions } from '#src/proxy/upstream.ts'
import { headOf } from './ask-upgrade.ts'
import { SocketUpstream } from './socket-upstream.ts'
import { Tunnels } from './tunnels.ts'

/** Passes WebSockets on to the realtime gateway; after the handshake, bytes pass unread. */
export class WebSockets {
  readonly tunnels = new Tunnels()
  readonly #upstream: SocketUpstream

  constructor(options: UpstreamOptions) {
    this.#upstream = new SocketUpstream(options)
  }

  /**
   * Joins a client with one of the replicas, or with `only`; a replica's refusal is passed on.
   * @throws UpstreamUnavailable when no replica responds
   */
  async join(client: Socket, request: FastifyRequest, reply: FastifyReply, only?: URL): Promise<FastifyReply> {
    const { response, opened } = await this.#upstream.ask(request.url, forwardedHeaders(request), only)
    if (opened === undefined) {
      copyHeaders(reply, response.headers)
      return reply.code(response.statusCode ?? 502).send(response)
    }
    reply.hijack()
    reply.raw.detachSocket(client)
    client.write(headOf(response))
    this.tunnels.open(client, opened)
    return reply
  }
}
