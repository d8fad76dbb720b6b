import type { Socket as EngineSocket } from 'engine.io'
import type { Socket } from 'socket.io'
import type { CloseReason } from '#src/core/codec.ts'
import type { Connection, Transport } from '#src/core/connection.ts'
import type { EventProtocol } from './event-door.ts'
import type { EventFrame } from './event-frame.ts'

export interface SocketIoTransportOptions {
  engineSocket: EngineSocket
  /** The client address whose limit it counts towards. */
  address: string
  protocol: EventProtocol
  /** What may wait for a slow reader, in bytes. */
  maxBufferedBytes: number
}

/** An Engine.IO session as a transport of the core, whether it polls or has a WebSocket. */
export class SocketIoTransport implements Transport<EventFrame> {
  readonly address: string
  readonly protocol: EventProtocol
  connection: Connection | undefined
  dead = false
  readonly #engineSocket: EngineSocket
  readonly #maxBufferedBytes: number
  #socket: Socket | undefined
  /** What waits for the transport to take more. */
  #waitingBytes = 0
  /** It will be seen in a moment whether the client is too slow. */
  #isJudged = false

  constructor({ engineSocket, address, protocol, maxBufferedBytes }: SocketIoTransportOptions) {
    this.address = address
    this.protocol = protocol
    this.#engineSocket = engineSocket
    this.#maxBufferedBytes = maxBufferedBytes
    engineSocket.on('packetCreate', this.#count)
    engineSocket.on('flush', this.#flushed)
  }

  get name(): string {
    return `socket.io-${this.#engineSocket.transport.name}`
  }

  /** The client has connected to the namespace. Returns false when it had before. */
  attach(socket: Socket): boolean {
    if (this.#socket !== undefined) return false
    this.#socket = socket
    socket.onAny((name: unknown, ...values: unknown[]) => this.#received(name, values))
    // There is nothing else to connect to: the client is gone.
    socket.on('disconnect', () => {
      this.connection?.closed()
      this.#engineSocket.close()
    })
    return true
  }

  /** Whether the client keeps up is only known once the network had its turn. */
  write({ packet, options }: EventFrame): boolean {
    this.#engineSocket.write(packet, options)
    return true
  }

  drained(): Promise<void> | undefined {
    const engineSocket = this.#engineSocket
    if (this.#waitingBytes === 0 || engineSocket.readyState !== 'open') return undefined
    return new Promise((resolve) => {
      const done = () => {
        engineSocket.off('drain', done)
        engineSocket.off('close', done)
        resolve()
      }
      engineSocket.on('drain', done)
      engineSocket.on('close', done)
    })
  }

  /** Events may come at once: the protocol lets them wait. */
  resume(): void {}

  close(reason: CloseReason): void {
    const farewell = this.protocol.farewell(reason)
    if (farewell === undefined || this.#socket === undefined) this.#engineSocket.close(reason === 'too_slow')
    else {
      this.write(farewell)
      this.#socket.disconnect(true)
    }
  }

  /** Cuts off a client that does not close. */
  terminate(): void {
    this.#engineSocket.close(true)
  }

  /** The session is over. */
  gone(reason: string): void {
    this.dead = reason === 'ping timeout'
    this.connection?.closed()
  }

  #received(name: unknown, values: unknown[]): void {
    const { connection } = this
    if (connection === undefined || connection.ended) return
    const last = values.at(-1)
    const acknowledge = isAcknowledgement(last) ? last : undefined
    const [data] = acknowledge === undefined ? values : values.slice(0, -1)
    this.protocol.receive(connection, { name: String(name), data, acknowledge })
  }

  readonly #count = ({ data }: { data?: string | Buffer }): void => {
    this.#waitingBytes += data === undefined ? 1 : Buffer.byteLength(data)
    if (this.#waitingBytes <= this.#maxBufferedBytes || this.#isJudged) return
    // Much was written in this turn: only what the network does not take counts against the reader.
    this.#isJudged = true
    setImmediate(() => {
      this.#isJudged = false
      if (this.#waitingBytes > this.#maxBufferedBytes) this.connection?.end('too_slow')
    })
  }

  readonly #flushed = (): void => {
    this.#waitingBytes = 0
  }
}

/** Only Socket.IO itself puts a function among what a client emitted. */
function isAcknowledgement(value: unknown): value is (answer: object) => void {
  return typeof value === 'function'
}
