import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { AppError } from '@belay/kit'
import { Server as Engine, type Socket as EngineSocket } from 'engine.io'
import { Server, type Socket } from 'socket.io'
import { WebSocketServer } from 'ws'
import type { Realtime } from '#src/core/realtime.ts'
import type { Admission } from '#src/transports/admission.ts'
import { refuseUpgrade } from '#src/transports/refuse-upgrade.ts'
import { clientAddress } from '#src/transports/request.ts'
import type { EventDoor } from './event-door.ts'
import { SocketIoTransport } from './socket-io-transport.ts'

/** Larger packets, and polls with more in them, end the session. */
const maxPacketBytes = 64 * 1024
/** At the very end the process waits this long for clients that do not close. */
const lastCloseTimeoutMs = 2_000

export interface SocketIoServerOptions {
  realtime: Realtime
  admission: Admission
  door: EventDoor
  newId: () => string
  maxBufferedBytes: number
  /** A client that has not connected to the namespace by then is disconnected. */
  openTimeoutMs: number
  pingIntervalMs: number
  pingTimeoutMs: number
}

/** Takes the requests and upgrades of Socket.IO clients: one session of Engine.IO for each. */
export class SocketIoServer {
  readonly #options: SocketIoServerOptions
  readonly #engine: Engine
  readonly #transports = new Map<EngineSocket, SocketIoTransport>()
  #allClosed: (() => void) | undefined

  constructor(options: SocketIoServerOptions) {
    const { openTimeoutMs, pingIntervalMs: pingInterval, pingTimeoutMs: pingTimeout, realtime } = options
    this.#options = options
    this.#engine = new Engine({
      httpCompression: false,
      maxHttpBufferSize: maxPacketBytes,
      perMessageDeflate: false,
      pingInterval,
      pingTimeout,
      wsEngine: WebSocketServer
    })
    // By the part in front of the dot a gateway finds this process.
    this.#engine.generateId = () => `${realtime.gatewayId}.${randomBytes(15).toString('base64url')}`
    this.#engine.on('connection', (engineSocket: EngineSocket) => this.#open(engineSocket))
    const io = new Server({ connectTimeout: openTimeoutMs, serveClient: false })
    io.bind(this.#engine)
    io.on('connection', (socket) => this.#connected(socket))
  }

  /** Returns why a request is refused; undefined when it is not. */
  refusal(request: IncomingMessage): AppError | undefined {
    const { admission } = this.#options
    // Of a session that is open already only the origin matters.
    return hasSession(request) ? admission.foreignOrigin(request) : admission.refusal(request)
  }

  /** Takes a request that is not refused. */
  request(request: IncomingMessage, response: ServerResponse): void {
    this.#engine.handleRequest(request, response)
  }

  /** Takes an upgrade. */
  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const { newId, realtime } = this.#options
    const refusal = this.refusal(request)
    if (refusal === undefined) this.#engine.handleUpgrade(request, stream, head)
    else {
      realtime.counters.refusedUpgrades += 1
      refuseUpgrade(stream, refusal, { request, requestId: newId() })
    }
  }

  /** Waits until all sessions are over, and cuts off those that do not end in time. */
  async stop(): Promise<void> {
    if (this.#transports.size > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, lastCloseTimeoutMs)
        this.#allClosed = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    for (const transport of this.#transports.values()) transport.terminate()
  }

  #open(engineSocket: EngineSocket): void {
    const { admission, door, maxBufferedBytes, realtime } = this.#options
    const address = clientAddress(engineSocket.request)
    const protocol = door.createProtocol()
    const transport = new SocketIoTransport({ engineSocket, address, protocol, maxBufferedBytes })
    this.#transports.set(engineSocket, transport)
    admission.addresses.add(address)
    engineSocket.once('close', (reason: string) => this.#closed(engineSocket, transport, reason))
    // Socket.IO does without the first request, which would be kept as long as the session.
    Object.assign(engineSocket, { request: null })
    transport.connection = realtime.connections.open(transport, protocol)
  }

  #connected(socket: Socket): void {
    const transport = this.#transports.get(socket.conn)
    const { auth } = socket.handshake
    // It would be kept as long as the session.
    socket.handshake.auth = {}
    if (transport?.connection === undefined || !transport.attach(socket)) socket.disconnect(true)
    else transport.protocol.connected(transport.connection, auth)
  }

  #closed(engineSocket: EngineSocket, transport: SocketIoTransport, reason: string): void {
    const { admission, realtime } = this.#options
    this.#transports.delete(engineSocket)
    admission.addresses.remove(transport.address)
    transport.gone(reason)
    if (transport.dead) realtime.counters.deadPeers += 1
    if (this.#transports.size === 0) this.#allClosed?.()
  }
}

/** As Engine.IO sees it: an empty id is none, and of several the last one counts. */
function hasSession({ url = '' }: IncomingMessage): boolean {
  return Boolean(new URLSearchParams(url.slice(url.indexOf('?') + 1)).getAll('sid').at(-1))
}
