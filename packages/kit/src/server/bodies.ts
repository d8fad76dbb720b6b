import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { BadRequest, InvalidInput, PayloadTooLarge } from '../errors/common-errors.ts'

/** The largest body that is accepted. */
export const bodyLimitBytes = 256 * 1024

/**
 * Bodies must be JSON in UTF-8: invalid bytes are rejected, never replaced. No body, an empty one and `{}` are the same,
 * regardless of the content type of an empty one.
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

/**
 * Reads a request's body.
 * @throws PayloadTooLarge as soon as it is known to be longer than `limitBytes`; the rest stays unread
 * @throws BadRequest when the connection breaks first
 */
export function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  const chunks: Buffer[] = []
  let size = 0
  const stop = () => {
    request.off('data', take).off('end', finish).off('error', fail).off('close', fail)
  }
  const take = (chunk: Buffer) => {
    size += chunk.length
    if (size > limitBytes) refuse()
    else chunks.push(chunk)
  }
  const finish = () => {
    stop()
    resolve(Buffer.concat(chunks, size))
  }
  const fail = () => {
    stop()
    reject(new BadRequest())
  }
  const refuse = () => {
    stop()
    reject(new PayloadTooLarge())
  }
  if (announcedLength(request) > limitBytes) refuse()
  else request.on('data', take).on('end', finish).on('error', fail).on('close', fail)
  return promise
}

/** Returns the value of Content-Length; 0 without one. */
export function announcedLength({ headers }: IncomingMessage): number {
  return Number(headers['content-length'] ?? 0)
}
