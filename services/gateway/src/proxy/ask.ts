import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import { Pool } from 'undici'
import type { Headers } from './forwarded-headers.ts'

const connectTimeoutMs = 1_000
/** A larger response, or one of unknown length, is streamed. */
const wholeUpToBytes = 256 * 1024

/** The part of a request that is passed on. */
export interface UpstreamRequest {
  method: string
  /** Path and query, as the client sent them. */
  path: string
  headers: Headers
  body: Buffer | null
  /** Aborts the request. Without one, it is passed on even if the client leaves. */
  signal?: AbortSignal
  /** How long the replica may be silent, in milliseconds. Defaults to the pool's own limit. */
  headersTimeout?: number
}

export interface UpstreamAnswer {
  statusCode: number
  headers: IncomingHttpHeaders
  /** A short response is a Buffer. */
  body: Buffer | Readable
}

/** Returns kept-alive connections to one replica. One that is silent for longer than `answerTimeoutMs` counts as hanging. */
export function createPool(url: string, answerTimeoutMs: number): Pool {
  return new Pool(new URL(url).origin, {
    connect: { timeout: connectTimeoutMs },
    headersTimeout: answerTimeoutMs,
    bodyTimeout: answerTimeoutMs
  })
}

/**
 * Sends a request to one replica. Short responses are read in full: that costs less than a stream, and a service that dies in
 * the middle of one has not responded.
 */
export async function ask(pool: Pool, request: UpstreamRequest): Promise<UpstreamAnswer> {
  const { statusCode, headers, body } = await pool.request(request)
  const length = Number(headers['content-length'] ?? Number.POSITIVE_INFINITY)
  return { statusCode, headers, body: length <= wholeUpToBytes ? Buffer.from(await body.arrayBuffer()) : body }
}
