import type { FastifyBodyParser, FastifyInstance } from 'fastify'

/** Largest body that is taken. */
export const bodyLimitBytes = 256 * 1024

/**
 * JSON is the only language of bodies. No body, an empty one and `{}` are the same, whatever content type an empty one
 * claims to be.
 */
export function installBodyParsing(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  const parseJson: FastifyBodyParser<string> = (request, body, done) => {
    if (body.trim() === '') done(null, undefined)
    else void parse(request, body, done)
  }
  app.addContentTypeParser('application/json', { parseAs: 'string' }, parseJson)
  app.addContentTypeParser(/^application\/[\w.-]+\+json($|;)/, { parseAs: 'string' }, parseJson)
  app.addHook('onRequest', (request, _reply, done) => {
    if (request.headers['content-length'] === '0') delete request.raw.headers['content-type']
    done()
  })
  app.addHook('preValidation', (request, _reply, done) => {
    if (request.body === undefined && request.routeOptions.schema?.body !== undefined) request.body = {}
    done()
  })
}
