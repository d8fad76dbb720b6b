import type { Message } from '@belay/contracts'
import type { Codec } from './codec.ts'
import type { Connection } from './connection.ts'

/** Something for many sockets: encoded once per codec, however many of them there are. */
export class Broadcast {
  readonly #encode: (codec: Codec) => string | undefined
  readonly #frames = new Map<Codec, Buffer>()

  constructor(encode: (codec: Codec) => string | undefined) {
    this.#encode = encode
  }

  /** Writes it to a connection whose protocol has a frame for it. */
  writeTo(connection: Connection): void {
    const frame = this.#frameFor(connection.protocol.codec)
    if (frame !== undefined) connection.write(frame)
  }

  #frameFor(codec: Codec): Buffer | undefined {
    const known = this.#frames.get(codec)
    if (known !== undefined) return known
    const text = this.#encode(codec)
    if (text === undefined) return undefined
    const frame = Buffer.from(text)
    this.#frames.set(codec, frame)
    return frame
  }
}

/** A message of the log on its way to sockets. */
export class MessageBroadcast extends Broadcast {
  readonly seq: number

  constructor(message: Message) {
    super((codec) => codec.message(message))
    this.seq = message.seq
  }
}
