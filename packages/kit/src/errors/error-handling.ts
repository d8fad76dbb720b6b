import { STATUS_CODES } from 'node:http'
import type { Door } from '@belay/contracts'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { NotFound } from './common-errors.ts'
import { type Answer, isUnavailable, type NotFoundError, toAnswer } from './to-answer.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the route says when an id in its path is malformed; "Not found" unless told otherwise. */
    notFound?: NotFoundError
  }
}

/** Sends an error as the front door of its path writes it, and logs it if nobody meant it to happen. */
export type ErrorSender = (error: unknown, request: FastifyRequest, reply: FastifyReply) => FastifyReply

export function createErrorSender(doorOf: (path: string) => Door): ErrorSender {
  return (error, request, reply) => {
    const path = pathOf(request)
    const door = doorOf(path)
    const answer = toAnswer(error, door, request.routeOptions.config?.notFound)
    report(error, answer, request)
    const { contentType, text } = writeError(answer, door, { path, requestId: request.id })
    // As text: no route's response schema may hide or break an error.
    return reply.code(answer.status).headers(answer.headers).type(contentType).send(text)
  }
}

/** The body of an error as its front door writes it. */
export function writeError(answer: Answer, { errors }: Door, occurrence: { path: string; requestId: string }) {
  const title = STATUS_CODES[answer.status] ?? 'Error'
  return {
    contentType: `${errors.mediaType}; charset=utf-8`,
    text: JSON.stringify(errors.body({ ...answer, ...occurrence, title }))
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
