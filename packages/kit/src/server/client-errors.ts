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

/** How long a rejected client may take to read the response, and how much it may continue to send meanwhile. */
const lingerMs = 2_000
const lingerBytes = 1024 * 1024

export interface ClientErrorOptions {
  doorOf: (path: string) => Door
  newId: () => string
  /** Returns the headers of every response to a page of this origin. */
  answerHeaders: (origin: string | undefined) => Readonly<Record<string, string>>
}

/** Responds to what the HTTP parser rejects, like to every other error. No request exists at that point. */
export type ClientErrorHandler = (error: ConnectionError, socket: Socket) => void

/** What is known about a rejected request. */
interface RefusedRequest {
  path: string
  origin: string | undefined
  requestId?: string
}

export function createClientErrorHandler(options: ClientErrorOptions): ClientErrorHandler {
  const refused = new WeakSet<Socket>()
  return (error, socket) => {
    // Further input is read, so that the client receives the response, but only up to a limit.
    if (refused.has(socket)) {
      if (socket.bytesRead > lingerBytes) socket.destroy()
      return
    }
    // Nothing is written to a connection that sent nothing, or whose response has begun or ended.
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

/** Rejects CONNECT: this is not a proxy. */
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
  // The parser reports the same error for an unknown method and for input that is not HTTP.
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

/** Returns whether a response has begun: Node stores it on the connection until it is sent. */
function isAnswering(socket: Socket): boolean {
  if (!('_httpMessage' in socket)) return false
  const { _httpMessage: response } = socket
  return typeof response === 'object' && response !== null && 'headersSent' in response && response.headersSent === true
}

function ignore(): void {}
