import { text } from 'node:stream/consumers'
import type { Clock } from '@belay/kit'
import { UpstreamUnavailable } from '#src/errors.ts'
import type { Upstream } from '#src/proxy/upstream.ts'
import type { About } from './about.ts'
import { mergeOpenApi, type OpenApiPart, readOpenApi } from './openapi.ts'

/** How long a merged document is reused, in milliseconds: a newly deployed service may have more paths. */
const freshMs = 30_000

/**
 * Merges the OpenAPI documents of the services on request. While a service is unavailable, the previous document is used.
 * Throws UpstreamUnavailable if there is none.
 */
export function createOpenApiSource(upstreams: readonly Upstream[], clock: Clock, about: About): () => Promise<object> {
  let last: { document: object; at: number } | undefined
  return async () => {
    const now = clock.now().getTime()
    if (last !== undefined && now - last.at < freshMs) return last.document
    try {
      const parts = await Promise.all(upstreams.map(askOpenApi))
      last = { document: mergeOpenApi(parts, about), at: now }
    } catch (error) {
      if (last === undefined) throw error
    }
    return last.document
  }
}

async function askOpenApi(upstream: Upstream): Promise<OpenApiPart> {
  const { statusCode, body } = await upstream.request({ method: 'GET', path: '/openapi.json', headers: {}, body: null })
  const json = Buffer.isBuffer(body) ? body.toString() : await text(body)
  if (statusCode !== 200) throw new UpstreamUnavailable()
  return readOpenApi(JSON.parse(json))
}
