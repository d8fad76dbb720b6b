import type { LogStamp } from '@belay/contracts'
import type { CloseReason, MessageBroadcast } from './codec.ts'
import type { Connection, ListenedThread } from './connection.ts'
import type { Counters } from './counters.ts'
import { Watermark } from './watermark.ts'

export interface SubscriptionOptions {
  connection: Connection
  userId: string
  /** The thread that it belongs to. */
  thread: { readonly id: string; remove(subscription: Subscription): void }
  counters: Counters
}

/** A connection's place in one thread. */
export class Subscription extends Watermark<MessageBroadcast> implements ListenedThread {
  readonly connection: Connection
  readonly threadId: string
  readonly userId: string
  joined = false
  ended = false
  /** A recovery is under way. */
  recovering = false
  /** Something was held back, or is suspected, that only a read of the log can settle. */
  doubtful = false
  /** The other person of a direct conversation that its connection follows. */
  peerId: string | undefined
  /** The others were last shown this person as typing. */
  typing = false
  readonly #thread: SubscriptionOptions['thread']
  readonly #counters: Counters
  /** Of the log that the place is in; the version is that at which the membership was verified. */
  #stamp: LogStamp | undefined
  /** Where the deliveries began. */
  #from = 0
  /** What was delivered before the latest rewind. */
  #delivered: { after: number; to: number }[] = []

  constructor({ connection, userId, thread, counters }: SubscriptionOptions) {
    super()
    this.connection = connection
    this.threadId = thread.id
    this.userId = userId
    this.#thread = thread
    this.#counters = counters
  }

  get epoch(): string {
    return this.#stamp?.epoch ?? ''
  }

  /** Whether the log has to be read before this one is up to date. */
  get stale(): boolean {
    return this.joined && !this.ended && (this.behind || this.doubtful)
  }

  /** Nothing is delivered from this instant. */
  leave(): void {
    if (this.ended) return
    this.ended = true
    this.connection.threads.delete(this)
    this.#thread.remove(this)
  }

  /** Ends the subscription on the server's side; the protocol informs the client. */
  close(reason: CloseReason): void {
    if (this.ended) return
    this.leave()
    this.connection.protocol.threadEnded(this.connection, this, reason)
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
   * Takes messages of the live path, oldest first. Messages that were written after a removal which this reader was not
   * verified behind, or in another epoch of the log, are left to the next read.
   */
  take(messages: readonly MessageBroadcast[], stamp: LogStamp): void {
    if (this.isVerified(stamp)) for (const message of messages) this.offer(message)
    else this.doubtful = true
  }

  /** Another person was removed, which led to this state of the log: a reader verified right before it still is. */
  outlast(stamp: LogStamp): void {
    const { epoch, members_version } = stamp
    if (this.isVerified({ epoch, members_version: members_version - 1 })) this.verify(stamp)
  }

  /** Informs the client that its place cannot be continued, and begins at the end of the log. */
  reset(stamp: LogStamp, lastSeq: number): void {
    this.#stamp = stamp
    this.#from = lastSeq
    this.#delivered = []
    this.restart(lastSeq)
    this.#counters.resets += 1
    const reset = { thread_id: this.threadId, epoch: stamp.epoch, last_seq: lastSeq }
    this.connection.write(this.connection.protocol.codec.reset(reset))
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
    this.#counters.deliveries += 1
    this.connection.send(message)
  }
}
