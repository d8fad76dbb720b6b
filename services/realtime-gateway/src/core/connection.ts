import type { LogStamp } from '@belay/contracts'
import type { MessageBroadcast } from './broadcast.ts'
import type { Codec, CloseReason } from './codec.ts'
import type { Counters } from './counters.ts'
import type { Transport } from './transport.ts'
import { Watermark } from './watermark.ts'

/** What a verified token says. */
export interface Identity {
  userId: string
  /** The token's `sid`, when it has one. */
  signInId: string | undefined
  /** Milliseconds since the epoch. */
  expiresAtMs: number
}

/** A front door for sockets: its frames and what it does about them. One object may serve many connections. */
export interface Protocol {
  readonly codec: Codec
  /** Takes one frame of a connection that has been let in. */
  receive(connection: Connection, data: Buffer, isBinary: boolean): void
  /** A connection listens to a thread whose log ends at `lastSeq`; nothing of it was delivered yet. */
  threadJoined(connection: Connection, subscription: Subscription, lastSeq: number): void
  /** The core has ended one thread of a connection. */
  threadEnded(connection: Connection, subscription: Subscription, ending: CloseReason): void
  /** The close frame that says so; the reason has at most 123 bytes. */
  closeFrame(ending: CloseReason): { code: number; reason: string }
}

/** Hears that a connection has ended; `ending` is undefined when the client left by itself. */
export type Release = (connection: Connection, ending: CloseReason | undefined) => void

/** One client: a transport, the protocol spoken on it, the person behind it and the threads it listens to. */
export class Connection {
  readonly transport: Transport
  readonly protocol: Protocol
  readonly subscriptions = new Set<Subscription>()
  /** Milliseconds since the epoch. */
  readonly openedAtMs: number
  identity: Identity | undefined
  userName = ''
  /** Let in: it may send, and is sent to. */
  ready = false
  ended = false
  /** Typing frames in the second `typingSecond`. */
  typingSecond = 0
  typingCount = 0
  readonly #release: Release

  constructor(options: {
    transport: Transport
    protocol: Protocol
    openedAtMs: number
    /** Called once, at the end. */
    release: Release
  }) {
    this.transport = options.transport
    this.protocol = options.protocol
    this.openedAtMs = options.openedAtMs
    this.#release = options.release
  }

  /** Writes a frame; a client that cannot keep up is let go, so that it never holds memory or a neighbour. */
  write(frame: Buffer): void {
    if (this.ended) return
    if (!this.transport.write(frame)) this.end('too_slow')
  }

  /** Parts with the client. Nothing is delivered from this instant. */
  end(ending: CloseReason): void {
    if (this.ended) return
    this.ended = true
    this.#release(this, ending)
    this.transport.shut(this.protocol.closeFrame(ending))
  }

  /** The client is gone. */
  closed(): void {
    if (this.ended) return
    this.ended = true
    this.#release(this, undefined)
  }
}

/** A connection's place in one thread. */
export class Subscription extends Watermark<MessageBroadcast> {
  readonly connection: Connection
  readonly channel: ThreadChannel
  readonly userId: string
  /** Let in by the chat service, and placed. */
  joined = false
  ended = false
  /** A recovery is under way. */
  recovering = false
  /** Something was held back, or is suspected, that only a read of the log can settle. */
  doubtful = false
  /** The others were last told that this one is typing. */
  typing = false
  /** Of the log that the place is in; the version is that at which the membership was verified. */
  #stamp: LogStamp | undefined
  /** Where the deliveries began. */
  #from = 0
  /** What was delivered before the latest rewind. */
  #delivered: { after: number; to: number }[] = []

  constructor(connection: Connection, channel: ThreadChannel, userId: string) {
    super()
    this.connection = connection
    this.channel = channel
    this.userId = userId
  }

  /** Of the log that the place is in; empty before the chat has answered. */
  get epoch(): string {
    return this.#stamp?.epoch ?? ''
  }

  /** Whether the log has to be read before this one is up to date. */
  get stale(): boolean {
    return this.joined && !this.ended && (this.behind || this.doubtful)
  }

  /** The membership was verified in this state of the log. */
  verify(stamp: LogStamp): void {
    const known = this.#stamp
    if (known?.epoch !== stamp.epoch || known.members_version < stamp.members_version) this.#stamp = stamp
  }

  /** Whether the membership was verified in this state of the log or a later one. */
  isVerified(stamp: LogStamp): boolean {
    const known = this.#stamp
    return known !== undefined && known.members_version >= stamp.members_version && known.epoch === stamp.epoch
  }

  /**
   * Takes messages of the live path, oldest first. Those that were written after a removal which this reader was not
   * verified behind, or to another epoch of the log, are left to the next read.
   */
  take(messages: readonly MessageBroadcast[], stamp: LogStamp | undefined): void {
    if (stamp !== undefined && !this.isVerified(stamp)) this.doubtful = true
    else for (const message of messages) this.offer(message)
  }

  /** Another person was removed, which led to this state of the log: whoever was verified right before it still is. */
  outlast(stamp: LogStamp): void {
    const { epoch, members_version } = stamp
    if (this.isVerified({ epoch, members_version: members_version - 1 })) this.verify(stamp)
  }

  /** Tells the client that its place cannot be continued, and begins at the end of the log. */
  reset(stamp: LogStamp, lastSeq: number): void {
    this.#stamp = stamp
    this.#from = lastSeq
    this.#delivered = []
    this.restart(lastSeq)
    this.channel.counters.resets += 1
    const { codec } = this.connection.protocol
    const reset = { thread_id: this.channel.threadId, epoch: stamp.epoch, last_seq: lastSeq }
    this.connection.write(Buffer.from(codec.reset(reset)))
  }

  /** Begins to deliver after `seq`. */
  override place(seq: number): void {
    this.#from = seq
    super.place(seq)
  }

  /**
   * Goes back to what came before the beginning and delivers it next. What was delivered since is not delivered again.
   * Nothing happens unless `seq` is before the beginning.
   */
  rewind(seq: number): void {
    if (seq >= this.#from) return
    const { at } = this
    const isCaughtUp = this.#delivered.every(({ to }) => to <= at)
    if (isCaughtUp) this.#delivered = []
    if (at > this.#from) this.#delivered.push({ after: this.#from, to: at })
    this.place(seq)
  }

  protected override deliver(message: MessageBroadcast): void {
    if (this.ended) return
    if (this.#delivered.some(({ after, to }) => after < message.seq && message.seq <= to)) return
    this.channel.counters.deliveries += 1
    message.writeTo(this.connection)
  }
}

/** One thread as this process sees it: its local subscriptions, fed by one live subscription. */
export class ThreadChannel {
  readonly threadId: string
  readonly counters: Counters
  readonly subscriptions = new Set<Subscription>()
  /** Ends the live subscription. */
  readonly stopListening: () => void

  constructor(threadId: string, counters: Counters, stopListening: () => void) {
    this.threadId = threadId
    this.counters = counters
    this.stopListening = stopListening
  }

  /** The people with a socket here that was let in. */
  liveUserIds(): Set<string> {
    const ids = new Set<string>()
    for (const subscription of this.subscriptions) if (subscription.joined) ids.add(subscription.userId)
    return ids
  }
}
