import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, Server } from 'node:http'

/** The header by which the gateway shows that a call comes from it. */
export const gatewayHeader = 'x-belay-gateway'

/** What only the gateway may say of a call: who makes it, by which address they came, and which number it has. */
const saidByGateway = ['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'x-request-id']

/** By which of these events a request comes in depends on its headers; this package listens to all of them. */
const entrances = ['request', 'upgrade', 'checkContinue', 'checkExpectation']

/**
 * Takes out of every request, before anything reads it, what only the gateway may say, unless it shows the secret.
 * Without a secret nobody is believed.
 */
export function believeGatewayAlone(server: Server, secret: string | undefined): void {
  const expected = secret === undefined ? undefined : digest(secret)
  const check = ({ headers }: IncomingMessage) => {
    const shown = headers[gatewayHeader]
    delete headers[gatewayHeader]
    if (expected !== undefined && typeof shown === 'string' && timingSafeEqual(digest(shown), expected)) return
    for (const name of saidByGateway) delete headers[name]
  }
  for (const event of entrances) server.prependListener(event, check)
}

/** Of one length, whatever was shown. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
