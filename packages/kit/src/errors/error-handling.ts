import { STATUS_CODES } from 'node:http'
import type { Door } from '@belay/contracts'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { NotFound } from './common-errors.ts'
import { type Answer, isUnavailable, type NotFoundError, toAnswer } from './to-answer.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The message if an id in the path is malformed. Defaults to "Not found". */
    notFound?: NotFoundError
  }
}

/** Sends an error in the format of its front door, and logs it if it is unexpected. */
export type ErrorSender = (error: unknown, request: FastifyRequest, reply: FastifyReply) => FastifyReply

export function createErrorSender(doorOf: (path: string) => Door): ErrorSender {
  return (error, request, reply) => {
    const path = pathOf(request)
    const door = doorOf(path)
    const answer = toAnswer(error, door, request.routeOptions.config?.notFound)
    report(error, answer, request)
    const { contentType, text } = writeError(answer, door, { path, requestId: request.id })
    // Sent as text, so that no route's response schema can hide or break an error.
    return reply.code(answer.status).headers(answer.headers).type(contentType).send(text)
  }
}

/** Returns the body of an error in the format of its front door. */
export function writeError(answer: Answer, { errors }: Door, occurrence: { path: string; requestId: string }) {
  const title = STATUS_CODES[answer.status] ?? 'Error'
  return {
    contentType: `${errors.mediaType}; charset=utf-8`,
    text: JSON.stringify(errors.body({ ...answer, ...occurrence, title }))
  }
}

/** Handles errors and unknown paths of an instance and everything inside it. */
export function installErrorHandling(app: FastifyInstance, send: ErrorSender): void {
  const sendChecked = async (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
    send(await accountFault(request, error), request, reply)
  app.setErrorHandler((error, request, reply) =>
    request.uncheckedUserId === undefined ? send(error, request, reply) : sendChecked(error, request, reply)
  )
  app.setNotFoundHandler((request, reply) => send(new NotFound(), request, reply))
}

/** Returns what is wrong with the caller's account, which was not looked up before, in place of another error. */
function accountFault(request: FastifyRequest, error: unknown): Promise<unknown> {
  return request.checkAccount().then(
    () => error,
    (fault: unknown) => fault
  )
}

/** The path of a request without its query, which may contain a token. */
function pathOf(request: Pick<FastifyRequest, 'url'>): string {
  const end = request.url.indexOf('?')
  return end === -1 ? request.url : request.url.slice(0, end)
}

function report(error: unknown, answer: Answer, request: FastifyRequest): void {
  if (answer.unexpected) request.log.error({ err: error, req: request }, 'request failed')
  else if (isUnavailable(error)) request.log.warn({ err: error, req: request }, 'request could not be served now')
}
