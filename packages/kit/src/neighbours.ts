import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { BusNeighbours } from '@belay/bus'
import { collectProcessMetrics } from './server/metrics.ts'

/** A service of this process that the gateway in it hands requests to. */
export interface Neighbour {
  /** Names this run of the service. */
  readonly instanceId: string
  /** Serves a request. Its headers are those that a service gets from the gateway. */
  request(request: IncomingMessage, response: ServerResponse): void
  /** Takes an upgrade, and writes its response to the connection. Headers as above. */
  upgrade(request: IncomingMessage, connection: Duplex, head: Buffer): void
}

/** What the services of one process share. */
export class Neighbours {
  readonly bus: BusNeighbours
  /** Metrics of the process, which every service in it shows as its own. */
  readonly metrics = collectProcessMetrics()
  readonly #services = new Map<string, Neighbour>()

  /** `only`: no other process runs a service. */
  constructor(options: { only?: boolean } = {}) {
    this.bus = new BusNeighbours(options)
  }

  /** Returns a service while it takes requests here. */
  find(service: string): Neighbour | undefined {
    return this.#services.get(service)
  }

  /** Adds a service that takes requests now. */
  add(service: string, neighbour: Neighbour): void {
    this.#services.set(service, neighbour)
  }

  /** Removes a service that is about to stop. */
  remove(service: string): void {
    this.#services.delete(service)
  }
}
