import type { IncomingMessage } from 'node:http'
import { BadRequest, PayloadTooLarge } from '../errors/common-errors.ts'

/**
 * The bytes of a request's body.
 * @throws PayloadTooLarge as soon as it is known to be longer than `limitBytes`; the rest is left to be read
 * @throws BadRequest when the connection breaks off first
 */
export function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  const chunks: Buffer[] = []
  let size = 0
  const stop = () => {
    request.off('data', take).off('end', finish).off('error', fail).off('close', fail)
  }
  const take = (chunk: Buffer) => {
    size += chunk.length
    if (size > limitBytes) refuse()
    else chunks.push(chunk)
  }
  const finish = () => {
    stop()
    resolve(Buffer.concat(chunks, size))
  }
  const fail = () => {
    stop()
    reject(new BadRequest())
  }
  const refuse = () => {
    stop()
    reject(new PayloadTooLarge())
  }
  if (announcedLength(request) > limitBytes) refuse()
  else request.on('data', take).on('end', finish).on('error', fail).on('close', fail)
  return promise
}

/** What Content-Length says; 0 without one. */
export function announcedLength({ headers }: IncomingMessage): number {
  return Number(headers['content-length'] ?? 0)
}
