import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Door } from '@belay/contracts'
import type { ConnectionError } from 'fastify'
import type { AppErrorConstructor } from '../errors/app-error.ts'
import {
  BadRequest,
  HeadersTooLarge,
  MethodNotAllowed,
  PayloadTooLarge,
  RequestTimeout
} from '../errors/common-errors.ts'
import { writeError } from '../errors/error-handling.ts'
import { toAnswer } from '../errors/to-answer.ts'
import { isAnsweredEarly } from './early-answers.ts'
import { requestIdOf } from './request-ids.ts'

/** How long a client that was refused may take to read why, and how much it may go on sending meanwhile. */
const lingerMs = 2_000
const lingerBytes = 1024 * 1024

export interface ClientErrorOptions {
  doorOf: (path: string) => Door
  newId: () => string
  /** Headers that every answer to a page of this origin carries. */
  answerHeaders: (origin: string | undefined) => Readonly<Record<string, string>>
}

/** Answers what the parser of HTTP refuses, in the way of every other error. No request has come about by then. */
export type ClientErrorHandler = (error: ConnectionError, socket: Socket) => void

/** What can be read of a request that was refused. */
interface RefusedRequest {
  path: string
  origin: string | undefined
  requestId?: string
}

export function createClientErrorHandler(options: ClientErrorOptions): ClientErrorHandler {
  const refused = new WeakSet<Socket>()
  return (error, socket) => {
    // What comes after a refusal is refused as well: it is read, so that the answer is not lost, but not for ever.
    if (refused.has(socket)) {
      if (socket.bytesRead > lingerBytes) socket.destroy()
      return
    }
    // A connection that never said anything, or is in the middle of an answer, or has had it, is not talked to.
    if (!socket.writable || socket.bytesRead === 0 || isAnswering(socket) || isAnsweredEarly(socket)) {
      socket.destroy()
      return
    }
    refused.add(socket)
    const { rawPacket: packet }: { rawPacket?: unknown } = error
    const text = Buffer.isBuffer(packet) ? packet.toString('latin1') : ''
    refuse(socket, errorFor(error, text), readRefused(text), options)
  }
}

/** Refuses CONNECT: this is no proxy. */
export function refuseConnect(request: IncomingMessage, socket: Duplex, options: ClientErrorOptions): void {
  const { origin } = request.headers
  refuse(socket, MethodNotAllowed, { path: '/', origin, requestId: requestIdOf(request, options.newId) }, options)
}

function refuse(
  socket: Duplex,
  Refusal: AppErrorConstructor,
  { path, origin, requestId }: RefusedRequest,
  { doorOf, newId, answerHeaders }: ClientErrorOptions
): void {
  const door = doorOf(path)
  const answer = toAnswer(new Refusal(), door)
  const id = requestId ?? newId()
  const { contentType, text } = writeError(answer, door, { path, requestId: id })
  const headers = {
    ...answerHeaders(origin),
    ...answer.headers,
    'x-request-id': id,
    'content-type': contentType,
    'content-length': String(Buffer.byteLength(text)),
    connection: 'close'
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.on('error', ignore)
  socket.end(`HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status]}\r\n${lines.join('')}\r\n${text}`)
  setTimeout(() => socket.destroy(), lingerMs).unref()
}

const refusals: Readonly<Record<string, AppErrorConstructor>> = {
  ERR_HTTP_REQUEST_TIMEOUT: RequestTimeout,
  HPE_HEADER_OVERFLOW: HeadersTooLarge,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: PayloadTooLarge
}

function errorFor({ code }: ConnectionError, packet: string): AppErrorConstructor {
  // The parser says the same of a method that it does not know and of what is not HTTP at all.
  if (code === 'HPE_INVALID_METHOD' && /^[A-Z][A-Z-]* \S+ HTTP\/1\.[01]\r?\n/.test(packet)) return MethodNotAllowed
  return refusals[code] ?? BadRequest
}

function readRefused(packet: string): RefusedRequest {
  const target = /^\S+ ([^\s?]*)/.exec(packet)?.[1] ?? ''
  const path = target.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, '')
  return {
    path: /^\/[\x21-\x7e]*$/.test(path) ? path : '/',
    origin: /\norigin: *([\x21-\x7e]+)\r?\n/i.exec(packet)?.[1]
  }
}

/** Whether an answer has begun: Node keeps it at its connection until it is out. */
function isAnswering(socket: Socket): boolean {
  if (!('_httpMessage' in socket)) return false
  const { _httpMessage: response } = socket
  return typeof response === 'object' && response !== null && 'headersSent' in response && response.headersSent === true
}

function ignore(): void {}
