import type { Duplex } from 'node:stream'
import { type RawData, WebSocket } from 'ws'
import type { CloseReason } from '#src/core/codec.ts'
import type { Connection, Transport } from '#src/core/connection.ts'
import type { Corks } from './corks.ts'
import type { SocketProtocol } from './socket-door.ts'

/** What all sockets share. */
export interface SocketContext {
  corks: Corks
  /** What may wait for a slow reader, in bytes. */
  maxBufferedBytes: number
  /** Called with every socket that is gone. */
  closed: (transport: SocketTransport) => void
}

/** A WebSocket that leads to its transport: the listeners are shared functions, so an idle socket holds no closure. */
export class TransportSocket extends WebSocket {
  transport: SocketTransport | undefined
}

export interface SocketTransportOptions {
  socket: TransportSocket
  stream: Duplex
  /** The client address whose limit it counts towards. */
  address: string
  protocol: SocketProtocol
  context: SocketContext
}

/** A WebSocket as a transport of the core. State lives in fields: an idle socket holds no timer. */
export class SocketTransport implements Transport<Buffer> {
  readonly address: string
  connection: Connection | undefined
  /** Answered the latest ping, or sent anything since. */
  alive = true
  dead = false
  readonly #socket: TransportSocket
  readonly #stream: Duplex
  readonly #protocol: SocketProtocol
  readonly #context: SocketContext

  get name(): string {
    return 'websocket'
  }

  /** Reads nothing before `resume`. */
  constructor({ socket, stream, address, protocol, context }: SocketTransportOptions) {
    this.address = address
    this.#socket = socket
    this.#stream = stream
    this.#protocol = protocol
    this.#context = context
    socket.transport = this
    socket.on('message', onMessage)
    socket.on('pong', onPong)
    socket.on('error', onError)
    socket.on('close', onClose)
    socket.pause()
  }

  write(frame: Buffer): boolean {
    if (this.#socket.readyState !== WebSocket.OPEN) return true
    const stream = this.#stream
    const { corks, maxBufferedBytes } = this.#context
    corks.hold(stream)
    // Without compression the library holds nothing back itself, so this comes between its own frames.
    stream.write(frame)
    if (stream.writableLength <= maxBufferedBytes) return true
    // Much was written in this turn: only what the network does not take counts against the reader.
    corks.flush(stream)
    return stream.writableLength <= maxBufferedBytes
  }

  drained(): Promise<void> | undefined {
    const stream = this.#stream
    if (stream.destroyed || !stream.writableNeedDrain) return undefined
    return new Promise((resolve) => {
      const done = () => {
        stream.off('drain', done)
        stream.off('close', done)
        resolve()
      }
      stream.on('drain', done)
      stream.on('close', done)
    })
  }

  resume(): void {
    this.#socket.resume()
  }

  close(reason: CloseReason): void {
    const frame = this.#protocol.closeFrame(reason)
    // A paused socket would never see the client's answer to the close frame.
    this.#socket.resume()
    this.#socket.close(frame.code, frame.reason)
  }

  ping(): void {
    this.alive = false
    this.#socket.ping()
  }

  /** Cuts off a client that did not answer. */
  drop(): void {
    this.dead = true
    this.#socket.terminate()
  }

  terminate(): void {
    this.#socket.terminate()
  }

  /** Takes a frame of the client. */
  received(data: RawData, isBinary: boolean): void {
    this.alive = true
    const { connection } = this
    if (connection?.ready && !connection.ended && Buffer.isBuffer(data)) {
      this.#protocol.receive(connection, data, isBinary)
    }
  }

  /** The network connection is gone. */
  gone(): void {
    this.connection?.closed()
    this.#context.closed(this)
  }
}

function onMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
  if (this instanceof TransportSocket) this.transport?.received(data, isBinary)
}

function onPong(this: WebSocket): void {
  if (this instanceof TransportSocket && this.transport !== undefined) this.transport.alive = true
}

function onClose(this: WebSocket): void {
  if (this instanceof TransportSocket) this.transport?.gone()
}

/** Violations of the protocol and broken connections: the close that follows reports them. */
function onError(): void {}
