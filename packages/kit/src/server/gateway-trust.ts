import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, Server } from 'node:http'

/** The header that proves that a call comes from the gateway. */
export const gatewayHeader = 'x-belay-gateway'

/** Headers that only the gateway may set: the address of the client, the address it called, and the request id. */
const gatewayHeaders = ['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'x-request-id']

/** The headers of a request decide which of these events Node emits. */
const requestEvents = ['request', 'upgrade', 'checkContinue', 'checkExpectation']

const vouched = new WeakSet<IncomingMessage>()

/** Marks and returns a request that a gateway in this process hands over: its headers are the gateway's. */
export function vouchFor(request: IncomingMessage): IncomingMessage {
  vouched.add(request)
  return request
}

/**
 * Removes from every request the headers that only the gateway may set, unless it carries the secret. Without a configured
 * secret they are always removed.
 */
export function trustOnlyGateway(server: Server, secret: string | undefined): void {
  const expected = secret === undefined ? undefined : digest(secret)
  const check = (request: IncomingMessage) => {
    if (vouched.has(request)) return
    const { headers } = request
    const shown = headers[gatewayHeader]
    delete headers[gatewayHeader]
    if (expected !== undefined && typeof shown === 'string' && timingSafeEqual(digest(shown), expected)) return
    for (const name of gatewayHeaders) delete headers[name]
  }
  for (const event of requestEvents) server.prependListener(event, check)
}

/** A digest, so that both sides have the same length. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
