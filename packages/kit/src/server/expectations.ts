import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { ExpectationFailed } from '../errors/common-errors.ts'
import { announcedLength } from './read-body.ts'

const refusedContinues = new WeakSet<IncomingMessage>()
const unknownExpectations = new WeakSet<IncomingMessage>()

/** Whether the client waits for a `100 Continue` that it will not get: it sends no body before its answer. */
export function isContinueRefused(request: IncomingMessage): boolean {
  return refusedContinues.has(request)
}

/** @throws ExpectationFailed when the client asks for something other than `100-continue` */
export function checkExpectation(request: IncomingMessage): void {
  if (unknownExpectations.has(request)) throw new ExpectationFailed()
}

/** `Expect: 100-continue` is met unless the body is too large anyway; every other expectation is refused like any fault. */
export function installExpectations(app: FastifyInstance, limitBytes: number): void {
  app.server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (announcedLength(request) > limitBytes) refusedContinues.add(request)
    else response.writeContinue()
    app.routing(request, response)
  })
  app.server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    unknownExpectations.add(request)
    app.routing(request, response)
  })
}
