import { isUtf8 } from 'node:buffer'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { InvalidInput } from '../errors/common-errors.ts'
import { readBody } from './read-body.ts'

/** Largest body that is taken. */
export const bodyLimitBytes = 256 * 1024

/**
 * JSON is the only language of bodies, and UTF-8 its only alphabet: bytes of another one are refused, never replaced.
 * No body, an empty one and `{}` are the same, whatever content type an empty one claims to be.
 */
export function installBodyParsing(app: FastifyInstance, limitBytes: number): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  async function parseJson(request: FastifyRequest): Promise<unknown> {
    const text = textOf(await readBody(request.raw, limitBytes))
    if (text.trim() === '') return undefined
    const parsed = Promise.withResolvers<unknown>()
    void parse(request, text, (error, body) => (error === null ? parsed.resolve(body) : parsed.reject(error)))
    return parsed.promise
  }
  app.addContentTypeParser('application/json', parseJson)
  app.addContentTypeParser(/^application\/[\w.-]+\+json($|;)/, parseJson)
  app.addHook('onRequest', (request, _reply, done) => {
    if (request.headers['content-length'] === '0') delete request.raw.headers['content-type']
    done()
  })
  app.addHook('preValidation', (request, _reply, done) => {
    if (request.body === undefined && request.routeOptions.schema?.body !== undefined) request.body = {}
    done()
  })
}

function textOf(body: Buffer): string {
  if (isUtf8(body)) return body.toString('utf8')
  throw new InvalidInput('body: must be UTF-8', [{ field: 'body', message: 'must be UTF-8' }])
}
