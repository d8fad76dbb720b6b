import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { ExpectationFailed } from '../errors/common-errors.ts'
import { announcedLength } from './bodies.ts'

/** How much of a body is read after its response; a client that sends more is disconnected. */
const discardedMaxBytes = 16 * 1024 * 1024
/** The longest wait for the end of such a body, if the connection closes after the response. */
const discardedMaxMs = 10_000

const answeredEarly = new WeakSet<Socket>()
const refusedContinues = new WeakSet<IncomingMessage>()
const unknownExpectations = new WeakSet<IncomingMessage>()

/** Whether the last response on a connection was sent before the end of its request. */
export function isAnsweredEarly(socket: Socket): boolean {
  return answeredEarly.has(socket)
}

/**
 * Closing a connection with unread bytes resets it, and a client that is still sending never sees the response (413 and any
 * other that needs no body). So the rest of the body is read and discarded: along with the response if the connection stays
 * open, before the response if it closes.
 */
export function installEarlyAnswers(app: FastifyInstance): void {
  app.addHook('onSend', (request, reply, _payload, done) => {
    const { raw } = request
    if (raw.complete || !hasBody(raw) || isContinueRefused(raw)) return done()
    // Fastify closes the connection after every body that it could not read.
    reply.removeHeader('connection')
    answeredEarly.add(raw.socket)
    raw.once('end', () => answeredEarly.delete(raw.socket))
    const isGoingOn = reply.raw.shouldKeepAlive
    discard(raw, () => isGoingOn || done())
    if (isGoingOn) done()
  })
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/** Reads the rest and calls back once: at the end of the body, or when that takes too long. */
function discard(request: IncomingMessage, ended: () => void): void {
  const finish = () => {
    clearTimeout(timer)
    request.off('close', finish)
    ended()
  }
  const timer = setTimeout(finish, discardedMaxMs)
  let size = 0
  request.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > discardedMaxBytes) request.destroy()
  })
  request.on('error', ignore)
  request.once('close', finish)
  request.resume()
}

/** Returns whether the client waits for a `100 Continue` that it will not get: it sends no body before the response. */
function isContinueRefused(request: IncomingMessage): boolean {
  return refusedContinues.has(request)
}

/** @throws ExpectationFailed when the client asks for something other than `100-continue` */
export function checkExpectation(request: IncomingMessage): void {
  if (unknownExpectations.has(request)) throw new ExpectationFailed()
}

/** `Expect: 100-continue` is met unless the body is too large; any other expectation is rejected like other errors. */
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

function ignore(): void {}
