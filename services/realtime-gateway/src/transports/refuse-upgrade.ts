import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { doorOf } from '@belay/contracts'
import type { AppError } from '@belay/kit'
import { pathOf } from './request.ts'

const retryAfterSeconds = 1

/** Answers an upgrade with an error in the format of its front door, and hangs up. */
export function refuseUpgrade(
  stream: Duplex,
  { statusCode: status, code, message: detail }: AppError,
  { request, requestId }: { request: IncomingMessage; requestId: string }
): void {
  const title = STATUS_CODES[status] ?? 'Error'
  const path = pathOf(request)
  const { errors } = doorOf(path)
  const body = JSON.stringify(errors.body({ status, title, detail, code, path, requestId, members: {} }))
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    'Connection: close',
    `Content-Type: ${errors.mediaType}; charset=utf-8`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(status === 429 || status === 503 ? [`Retry-After: ${retryAfterSeconds}`] : [])
  ]
  // The client may hang up first.
  stream.on('error', () => stream.destroy())
  stream.once('finish', () => stream.destroy())
  stream.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
