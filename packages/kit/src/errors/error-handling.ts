import type { Dialect } from '@belay/contracts'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { errorBody } from './bodies.ts'
import { NotFound } from './common-errors.ts'
import { type Answer, isUnavailable, type NotFoundError, toAnswer } from './to-answer.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the route says when an id in its path is malformed; "Not found" unless told otherwise. */
    notFound?: NotFoundError
  }
}

/** Sends an error in the dialect of its path, and logs it if nobody meant it to happen. */
export type ErrorSender = (error: unknown, request: FastifyRequest, reply: FastifyReply) => FastifyReply

export function createErrorSender(dialectOf: (path: string) => Dialect): ErrorSender {
  return (error, request, reply) => {
    const path = pathOf(request)
    const dialect = dialectOf(path)
    const answer = toAnswer(error, dialect, request.routeOptions.config?.notFound)
    report(error, answer, request)
    const { contentType, body } = errorBody(answer, dialect, { path, requestId: request.id })
    // As text: no route's response schema may hide or break an error.
    return reply.code(answer.status).headers(answer.headers).type(contentType).send(JSON.stringify(body))
  }
}

/** Answers errors and unknown paths of an instance and everything inside it. */
export function installErrorHandling(app: FastifyInstance, send: ErrorSender): void {
  app.setErrorHandler(send)
  app.setNotFoundHandler((request, reply) => send(new NotFound(), request, reply))
}

/** The path of a request without its query, in which a token may stand. */
function pathOf(request: Pick<FastifyRequest, 'url'>): string {
  const end = request.url.indexOf('?')
  return end === -1 ? request.url : request.url.slice(0, end)
}

function report(error: unknown, answer: Answer, request: FastifyRequest): void {
  if (answer.unexpected) request.log.error({ err: error, req: request }, 'request failed')
  else if (isUnavailable(error)) request.log.warn({ err: error, req: request }, 'request could not be served now')
}
