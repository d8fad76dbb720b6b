import type { Broadcast, CloseReason, Codec } from './codec.ts'
import { count, type Counters } from './counters.ts'

/** The person behind a verified token. */
export interface Identity {
  userId: string
  /** The token's `sid`, when it has one. */
  signInId: string | undefined
  /** Milliseconds since the epoch. */
  expiresAtMs: number
}

/** The way to one client: a WebSocket or anything else that carries the frames of a codec. */
export interface Transport<Frame = unknown> {
  /** Queues a frame. Returns false when the client reads so slowly that its buffer is full: the connection ends. */
  write(frame: Frame): boolean
  /** What carries the frames at present, for metrics. */
  readonly name: string
  /** Resolves when the client has taken most of what was written, or is gone; undefined when it has already. */
  drained(): Promise<void> | undefined
  /** The client was dropped because it did not answer: what was written lately may not have arrived. */
  readonly dead: boolean
  /** Begins to read: a transport is opened paused, so that early frames wait in the client's own operating system. */
  resume(): void
  /** Closes with the reason, and cuts off a client that does not answer in time. */
  close(reason: CloseReason): void
}

/** A thread that a connection listens to, or is about to. */
export interface ListenedThread {
  readonly threadId: string
  /** Of the log; empty before the chat has answered. */
  readonly epoch: string
  /** The chat has let the person in. */
  readonly joined: boolean
  leave(): void
}

/** How a front door speaks on its connections. One object may serve many connections. */
export interface Protocol<Frame = unknown> {
  readonly codec: Codec<Frame>
  /** The name of its front door, for metrics. */
  readonly door: string
  /** Each send is answered, so that a repeated one is not delivered to its sender again. */
  readonly acknowledges: boolean
  /** A connection listens to a thread whose log ends at `lastSeq`; nothing of it was delivered yet. */
  threadJoined(connection: Connection, thread: ListenedThread, lastSeq: number): void
  /** The core has ended one thread of a connection. */
  threadEnded(connection: Connection, thread: ListenedThread, reason: CloseReason): void
}

export interface ConnectionOptions<Frame> {
  transport: Transport<Frame>
  protocol: Protocol<Frame>
  /** Milliseconds since the epoch. */
  openedAtMs: number
  counters: Counters
  /** Called once, at the end; `reason` is undefined when the client left by itself. */
  release: (connection: Connection, reason: CloseReason | undefined) => void
}

/** One client: its transport, the protocol spoken on it, the person behind it and the threads it listens to. */
export class Connection {
  readonly transport: Transport
  readonly protocol: Protocol
  readonly threads = new Set<ListenedThread>()
  readonly openedAtMs: number
  identity: Identity | undefined
  userName = ''
  /** Admitted: it may send, and is sent to. */
  ready = false
  ended = false
  /** Typing frames in the second `typingSecond`. */
  typingSecond = 0
  typingCount = 0
  readonly #counters: Counters
  readonly #release: ConnectionOptions<unknown>['release']

  constructor(options: ConnectionOptions<unknown>) {
    this.transport = options.transport
    this.protocol = options.protocol
    this.openedAtMs = options.openedAtMs
    this.#counters = options.counters
    this.#release = options.release
  }

  /** Writes something for many connections, if this one's protocol has a frame for it. */
  send(broadcast: Broadcast): void {
    const frame = broadcast.frameFor(this.protocol.codec)
    if (frame !== undefined) this.write(frame)
  }

  /** Writes a frame of the codec. Ends a connection that cannot keep up, so that it holds no memory and no neighbour. */
  write(frame: unknown): void {
    if (this.ended) return
    if (!this.transport.write(frame)) this.end('too_slow')
  }

  /** Writes the protocol's frame for something that the client sent and that is rejected. */
  refuse(reason: string, frame: unknown): void {
    count(this.#counters.refusals, reason)
    this.write(frame)
  }

  /** Closes the connection. Nothing is delivered from this instant. */
  end(reason: CloseReason): void {
    if (this.ended) return
    this.ended = true
    this.#release(this, reason)
    this.transport.close(reason)
  }

  /** The client is gone. */
  closed(): void {
    if (this.ended) return
    this.ended = true
    this.#release(this, undefined)
  }
}
