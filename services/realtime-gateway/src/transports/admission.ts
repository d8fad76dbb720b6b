import type { IncomingMessage } from 'node:http'
import { type AppError, ServiceUnavailable } from '@belay/kit'
import type { Connections } from '#src/core/connections.ts'
import { ForeignOrigin, TooManyConnections } from '#src/errors.ts'
import { AddressCounts } from './address-counts.ts'
import { isAllowedOrigin, type OriginPolicy } from './origin.ts'
import { clientAddress } from './request.ts'

export interface AdmissionOptions {
  connections: Pick<Connections, 'opening'>
  origins: OriginPolicy
  maxPerAddress: number
  maxOpening: number
}

/** Who may open a connection, of whichever transport. */
export class Admission {
  readonly addresses = new AddressCounts()
  readonly #options: AdmissionOptions
  #closed = false

  constructor(options: AdmissionOptions) {
    this.#options = options
  }

  /** Admits no more connections. */
  close(): void {
    this.#closed = true
  }

  /** Returns why a page may not be served; undefined when it may. */
  foreignOrigin({ headers }: IncomingMessage): AppError | undefined {
    return isAllowedOrigin(headers, this.#options.origins) ? undefined : new ForeignOrigin()
  }

  /** Returns why this handshake is refused; undefined when it is not. */
  refusal(request: IncomingMessage): AppError | undefined {
    const { connections, maxOpening, maxPerAddress } = this.#options
    const foreign = this.foreignOrigin(request)
    if (foreign !== undefined) return foreign
    if (this.#closed || connections.opening >= maxOpening) return new ServiceUnavailable()
    if (this.addresses.of(clientAddress(request)) >= maxPerAddress) return new TooManyConnections()
    return undefined
  }
}
