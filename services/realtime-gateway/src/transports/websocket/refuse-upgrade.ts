import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { AppError } from '@belay/kit'

const retryAfterSeconds = 1

/** Answers an upgrade with a problem document (RFC 9457) and hangs up. */
export function refuseUpgrade(stream: Duplex, error: AppError, about: { instance: string; requestId: string }): void {
  const { statusCode: status, code, message: detail } = error
  const title = STATUS_CODES[status] ?? 'Error'
  const { instance, requestId } = about
  const body = JSON.stringify({ type: 'about:blank', title, status, detail, instance, code, request_id: requestId })
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    'Connection: close',
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(status === 429 || status === 503 ? [`Retry-After: ${retryAfterSeconds}`] : [])
  ]
  // The client may hang up first.
  stream.on('error', () => stream.destroy())
  stream.once('finish', () => stream.destroy())
  stream.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
