import type { Duplex } from 'node:stream'
import { type RawData, WebSocket } from 'ws'
import type { Connection } from '#src/core/connection.ts'
import type { Transport } from '#src/core/transport.ts'
import type { Corks } from './corks.ts'

const asText = { binary: false }

/** What all sockets share. */
export interface SocketContext {
  corks: Corks
  /** What may wait for a slow reader, in bytes. */
  maxBufferedBytes: number
  /** Hears of every socket that is gone. */
  closed: (socket: ClientSocket) => void
}

/**
 * A raw WebSocket as a transport of the core. State lives in fields and listeners are shared functions: an idle socket
 * holds no timer and no closure of ours.
 */
export class ClientSocket extends WebSocket implements Transport {
  connection: Connection | undefined
  /** Answered the latest ping, or sent anything since. */
  alive = true
  /** Was dropped because it did not answer. */
  dead = false
  /** Whose bound it counts towards. */
  address = ''
  #stream: Duplex | undefined
  #context: SocketContext | undefined

  /** To be called once, before anything is written. The socket reads nothing before `resume`. */
  attach(stream: Duplex, address: string, context: SocketContext): void {
    this.#stream = stream
    this.#context = context
    this.address = address
    this.on('message', onMessage)
    this.on('pong', onPong)
    this.on('error', onError)
    this.on('close', onClose)
    this.pause()
  }

  /** Takes in what the client sent. */
  received(data: RawData, isBinary: boolean): void {
    this.alive = true
    const { connection } = this
    if (connection?.ready && !connection.ended && Buffer.isBuffer(data)) {
      connection.protocol.receive(connection, data, isBinary)
    }
  }

  /** The network connection is gone. */
  gone(): void {
    this.connection?.closed()
    this.#context?.closed(this)
  }

  write(frame: Buffer): boolean {
    if (this.readyState !== WebSocket.OPEN || !this.#stream || !this.#context) return true
    const { corks, maxBufferedBytes } = this.#context
    corks.hold(this.#stream)
    this.send(frame, asText)
    if (this.bufferedAmount <= maxBufferedBytes) return true
    // Much was written in this turn: only what the network does not take counts against the reader.
    corks.flush(this.#stream)
    return this.bufferedAmount <= maxBufferedBytes
  }

  drained(): Promise<void> | undefined {
    const stream = this.#stream
    if (stream === undefined || stream.destroyed || !stream.writableNeedDrain) return undefined
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

  shut({ code, reason }: { code: number; reason: string }): void {
    // A paused socket would never see the client's answer to the goodbye.
    this.resume()
    this.close(code, reason)
  }
}

function onMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
  if (this instanceof ClientSocket) this.received(data, isBinary)
}

function onPong(this: WebSocket): void {
  if (this instanceof ClientSocket) this.alive = true
}

function onClose(this: WebSocket): void {
  if (this instanceof ClientSocket) this.gone()
}

/** Frames against the protocol and broken connections: the close that follows says everything. */
function onError(): void {}
