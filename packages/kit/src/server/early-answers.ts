import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { ExpectationFailed } from '../errors/common-errors.ts'
import { announcedLength } from './bodies.ts'

/** What is read of a body that has its answer already; a client that sends more is cut off. */
const discardedMaxBytes = 16 * 1024 * 1024
/** Longest wait for the end of such a body, where the connection ends with the answer. */
const discardedMaxMs = 10_000

const answeredEarly = new WeakSet<Socket>()
const refusedContinues = new WeakSet<IncomingMessage>()
const unknownExpectations = new WeakSet<IncomingMessage>()

/** Whether the last answer on a connection went out before the end of its request. */
export function isAnsweredEarly(socket: Socket): boolean {
  return answeredEarly.has(socket)
}

/**
 * Closing a connection in which bytes wait unread resets it, and a client that is still sending never sees its answer
 * (413 and any other that needs no body). So the rest of the body is read and thrown away: beside the answer where the
 * connection goes on, before the answer where it ends with it.
 */
export function installEarlyAnswers(app: FastifyInstance): void {
  app.addHook('onSend', (request, reply, _payload, done) => {
    const { raw } = request
    if (raw.complete || !hasBody(raw) || isContinueRefused(raw)) return done()
    // Fastify asks to close after every body that it could not read.
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

/** Reads on and calls back once: at the end of the body, or when that takes too long. */
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

/** Whether the client waits for a `100 Continue` that it will not get: it sends no body before its answer. */
function isContinueRefused(request: IncomingMessage): boolean {
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

function ignore(): void {}
