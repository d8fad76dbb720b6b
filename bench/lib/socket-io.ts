import { type RawData, WebSocket } from 'ws'

type Listener = (data: unknown) => void

/** The prefixes of packets: Engine.IO's digit, then Socket.IO's. */
const packets = { ping: '2', pong: '3', open: '0', connect: '40', failed: '44', event: '42', acknowledged: '43' }

/**
 * A Socket.IO connection over WebSocket. The usual client would take as much of the machine as the server under load;
 * this one writes and reads the same packets.
 */
export class SocketIo {
  readonly #socket: WebSocket
  readonly #listeners = new Map<string, Listener>()
  readonly #acknowledgements = new Map<number, Listener>()
  #sent = 0

  constructor(origin: string, token: string) {
    const url = `${origin.replace(/^http/, 'ws')}/socket.io/?EIO=4&transport=websocket`
    this.#socket = new WebSocket(url, { perMessageDeflate: false })
    this.#socket.on('message', (data) => this.#receive(data, token))
    this.#socket.on('error', (error) => this.#listeners.get('unauthorized')?.(error.message))
    this.#socket.on('close', () => this.#listeners.get('close')?.(undefined))
  }

  on(event: string, listener: Listener): void {
    this.#listeners.set(event, listener)
  }

  /** Sends an event with an acknowledgement. */
  emit(event: string, data: object, acknowledge: Listener): void {
    this.#acknowledgements.set(this.#sent, acknowledge)
    this.#socket.send(`${packets.event}${this.#sent}${JSON.stringify([event, data])}`)
    this.#sent += 1
  }

  #receive(data: RawData, token: string): void {
    const text = data.toString()
    if (text === packets.ping) return this.#socket.send(packets.pong)
    if (text.startsWith(packets.open)) return this.#socket.send(packets.connect + JSON.stringify({ token }))
    if (text.startsWith(packets.failed)) return this.#listeners.get('unauthorized')?.(text)
    const payload = text.indexOf('[')
    if (payload === -1) return undefined
    const [first, second]: unknown[] = JSON.parse(text.slice(payload))
    if (text.startsWith(packets.event)) return this.#listeners.get(String(first))?.(second)
    if (!text.startsWith(packets.acknowledged)) return undefined
    const id = Number(text.slice(packets.acknowledged.length, payload))
    const acknowledge = this.#acknowledgements.get(id)
    this.#acknowledgements.delete(id)
    return acknowledge?.(first)
  }
}

/** Opens an authenticated connection. */
export async function openSocketIo(origin: string, token: string): Promise<SocketIo> {
  const socket = new SocketIo(origin, token)
  await new Promise<void>((resolve, reject) => {
    socket.on('authenticated', () => resolve())
    socket.on('unauthorized', (reason) => reject(new Error(`unauthorized: ${JSON.stringify(reason)}`)))
    socket.on('close', () => reject(new Error('closed before it was authenticated')))
  })
  return socket
}
