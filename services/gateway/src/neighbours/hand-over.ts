import { announcedLength, type Neighbour, type Neighbours, PayloadTooLarge } from '@belay/kit'
import type { FastifyReply, FastifyRequest, preParsingHookHandler } from 'fastify'
import { UpstreamUnavailable } from '#src/errors.ts'
import { handedOverHeaders } from '#src/proxy/forwarded-headers.ts'
import { maxWaiting } from '#src/proxy/upstream.ts'
import { shareResponse } from './response-head.ts'

export interface HandOverOptions {
  neighbours: Neighbours | undefined
  service: string
  /** Longer bodies are rejected, like those for services elsewhere. */
  bodyLimitBytes: number
  /** A service that is silent for longer than this counts as hanging; undefined where it may be. */
  answerTimeoutMs?: number | undefined
  /** Called for every request whose service is silent for too long. */
  onFailure: (error: unknown) => void
  /** Returns whether the service of this process is the right one. Defaults to always. */
  isFor?: (request: FastifyRequest, neighbour: Neighbour) => boolean
}

type Done = (error?: Error | null) => void

/**
 * A hook that hands requests to a service in this process: it reads the body and writes the response itself, with the
 * headers that it would get through the proxy, and to the client nothing differs. Other requests continue in the gateway.
 */
export function handOver(options: HandOverOptions): preParsingHookHandler {
  let open = 0
  return (request, reply, payload, done) => {
    const neighbour = options.neighbours?.find(options.service)
    // Whether a body without a length is too large, or none, is known after it was read, which the proxy does.
    const isUnknownLength = request.headers['transfer-encoding'] !== undefined
    if (neighbour === undefined || isUnknownLength || options.isFor?.(request, neighbour) === false) {
      return done(null, payload)
    }
    if (announcedLength(request.raw) > options.bodyLimitBytes) return done(new PayloadTooLarge())
    if (open >= maxWaiting) return done(new UpstreamUnavailable())
    open += 1
    reply.raw.once('close', () => (open -= 1))
    serve(neighbour, { request, reply, done }, options)
  }
}

function serve(
  neighbour: Neighbour,
  { request, reply, done }: { request: FastifyRequest; reply: FastifyReply; done: Done },
  { answerTimeoutMs, onFailure }: HandOverOptions
): void {
  const { raw } = request
  const response = reply.raw
  const shared = shareResponse(response, reply.getHeaders())
  raw.headers = handedOverHeaders(request)
  if (answerTimeoutMs !== undefined) {
    const timer = setTimeout(() => {
      // The client is still sending.
      if (!raw.complete) return void timer.refresh()
      if (response.headersSent) return
      const silence = Object.assign(new Error('the service is silent'), { code: 'UND_ERR_HEADERS_TIMEOUT' })
      onFailure(silence)
      shared.takeBack()
      // Writes the error at once: the gateway's own errors wait for nothing.
      done(new UpstreamUnavailable({ cause: silence }))
      shared.mute()
    }, answerTimeoutMs)
    response.once('close', () => clearTimeout(timer))
  }
  neighbour.request(raw, response)
}
