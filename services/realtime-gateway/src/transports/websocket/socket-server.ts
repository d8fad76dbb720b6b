import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { isUnavailable, NotFound } from '@belay/kit'
import type { Logger } from 'pino'
import { type Server as Upgrader, WebSocketServer } from 'ws'
import type { Connection } from '#src/core/connection.ts'
import type { Realtime } from '#src/core/realtime.ts'
import type { Admission } from '#src/transports/admission.ts'
import { refuseUpgrade } from '#src/transports/refuse-upgrade.ts'
import { Corks } from './corks.ts'
import { type Handshake, readHandshake, tokenProtocol } from './handshake.ts'
import { Heartbeat } from './heartbeat.ts'
import type { Refusals } from './refusals.ts'
import type { SocketDoor, SocketProtocol } from './socket-door.ts'
import { type SocketContext, SocketTransport, TransportSocket } from './socket-transport.ts'

/** Larger frames close the socket with 1009. */
const maxFrameBytes = 64 * 1024
/** A client that does not answer the closing handshake within this is cut off. */
const closeTimeoutMs = 5_000
/** The same at the very end, when the process waits for it. */
const lastCloseTimeoutMs = 2_000

export interface SocketServerOptions {
  realtime: Realtime
  newId: () => string
  /** The first one whose path matches takes a socket. */
  doors: readonly SocketDoor[]
  log: Pick<Logger, 'error'>
  refusals: Refusals
  admission: Admission
  maxBufferedBytes: number
  heartbeatIntervalMs: number
  heartbeatTimeoutMs: number
}

/** Upgrades HTTP requests to WebSockets and hands them to their doors. */
export class SocketServer {
  readonly #options: SocketServerOptions
  readonly #upgrader: Upgrader<typeof TransportSocket>
  readonly #context: SocketContext
  readonly #heartbeat: Heartbeat
  readonly #sockets = new Set<SocketTransport>()
  #allClosed: (() => void) | undefined

  constructor(options: SocketServerOptions) {
    const { heartbeatIntervalMs: intervalMs, heartbeatTimeoutMs: timeoutMs, maxBufferedBytes, realtime } = options
    const serverOptions = {
      WebSocket: TransportSocket,
      clientTracking: false,
      closeTimeout: closeTimeoutMs,
      handleProtocols: chooseProtocol,
      maxPayload: maxFrameBytes,
      noServer: true,
      // Compression costs some 230 KiB for each idle socket.
      perMessageDeflate: false
    }
    this.#options = options
    this.#upgrader = new WebSocketServer(serverOptions)
    this.#context = { corks: new Corks(), maxBufferedBytes, closed: (socket) => this.#forget(socket) }
    const dropped = () => void (realtime.counters.deadPeers += 1)
    this.#heartbeat = new Heartbeat({ intervalMs, timeoutMs, dropped })
  }

  start(): void {
    this.#heartbeat.start()
  }

  /** Waits until all sockets are closed, and cuts off those that do not close in time. */
  async stop(): Promise<void> {
    await this.#closed(lastCloseTimeoutMs)
    this.#heartbeat.stop()
    for (const socket of this.#sockets) socket.terminate()
  }

  /** Takes an upgrade. */
  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const { admission, newId, realtime } = this.#options
    const found = this.#findDoor(request)
    const refusal = found === undefined ? new NotFound() : admission.refusal(request)
    if (found === undefined || refusal !== undefined) {
      realtime.counters.refusedUpgrades += 1
      refuseUpgrade(stream, refusal ?? new NotFound(), { request, requestId: newId() })
      return
    }
    const { door, handshake } = found
    this.#upgrader.handleUpgrade(request, stream, head, (socket) => this.#open(socket, stream, { door, handshake }))
  }

  #findDoor(request: IncomingMessage): { door: SocketDoor; handshake: Handshake } | undefined {
    for (const door of this.#options.doors) {
      const handshake = readHandshake(request, door.path)
      if (handshake !== undefined) return { door, handshake }
    }
    return undefined
  }

  #open(
    socket: TransportSocket,
    stream: Duplex,
    { door, handshake }: { door: SocketDoor; handshake: Handshake }
  ): void {
    const { address } = handshake
    const protocol = door.createProtocol()
    const transport = new SocketTransport({ socket, stream, address, protocol, context: this.#context })
    this.#sockets.add(transport)
    this.#options.admission.addresses.add(address)
    this.#heartbeat.add(transport)
    const connection = this.#options.realtime.connections.open(transport, protocol)
    transport.connection = connection
    void this.#admit(connection, protocol, handshake)
  }

  /** The handshake has succeeded already, so that a browser can read the close frame of a refusal. */
  async #admit(connection: Connection, protocol: SocketProtocol, handshake: Handshake): Promise<void> {
    const { log, realtime, refusals } = this.#options
    try {
      const refusal = await protocol.authorize(connection, handshake)
      if (refusal !== undefined) return refusals.close(connection, refusal, handshake)
      refusals.forget(handshake)
      realtime.connections.admit(connection)
    } catch (error) {
      if (!isUnavailable(error)) log.error({ err: error }, 'admitting a socket failed')
      refusals.close(connection, 'unavailable', handshake)
    }
  }

  #forget(socket: SocketTransport): void {
    this.#sockets.delete(socket)
    this.#options.admission.addresses.remove(socket.address)
    this.#heartbeat.remove(socket)
    if (this.#sockets.size === 0) this.#allClosed?.()
  }

  /** Resolves when every socket is closed, or after `withinMs`. */
  async #closed(withinMs: number): Promise<void> {
    if (this.#sockets.size === 0) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, withinMs)
      this.#allClosed = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

/** Confirms the subprotocol that carries the token, and never the token itself or any other. */
function chooseProtocol(offered: ReadonlySet<string>): string | false {
  return offered.has(tokenProtocol) && tokenProtocol
}
