import type { Message } from '@belay/contracts'
import type { Codec } from './codec.ts'

/** Something for many sockets: encoded once per codec, however many of them there are. */
export class Broadcast {
  readonly #encode: (codec: Codec) => string
  readonly #frames = new Map<Codec, Buffer>()

  constructor(encode: (codec: Codec) => string) {
    this.#encode = encode
  }

  frameFor(codec: Codec): Buffer {
    const known = this.#frames.get(codec)
    if (known !== undefined) return known
    const frame = Buffer.from(this.#encode(codec))
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
