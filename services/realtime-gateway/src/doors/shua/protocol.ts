import { isUuid, ThreadClientFrame } from '@belay/contracts'
import { createValidator, type TokenVerifier } from '@belay/kit'
import type { Static } from 'typebox'
import type { CloseReason, Refusal } from '#src/core/codec.ts'
import type { Connection, ListenedThread } from '#src/core/connection.ts'
import { verifyIdentity } from '#src/core/identity.ts'
import type { Realtime } from '#src/core/realtime.ts'
import type { Subscription } from '#src/core/subscription.ts'
import { canContinue, type Resume } from '#src/core/threads.ts'
import { createFrameReader, type FrameValidators } from '#src/transports/websocket/frame-reader.ts'
import type { Handshake } from '#src/transports/websocket/handshake.ts'
import type { CloseFrame, SocketProtocol } from '#src/transports/websocket/socket-door.ts'
import { closeFrames } from './close-frames.ts'
import { codec, joinedFrame, leftFrame, refusalFrame } from './codec.ts'

/** Threads that one socket may listen to, and joins of it that may be under way. */
const maxThreads = 1_000
/** No valid thread id is longer, and nothing longer is sent back. */
const maxIdLength = 64

const validators: FrameValidators<Static<typeof ThreadClientFrame>> = new Map(
  ThreadClientFrame.anyOf.map((schema) => [schema.properties.type.const, createValidator(schema)])
)
const readFrame = createFrameReader(validators)

/** A thread that this socket listens to, or is about to. */
interface Place {
  /** Undefined while the chat is asked. */
  subscription: Subscription | undefined
  /** Joins that came meanwhile; they are answered with the first one. */
  repeats: number
  /** The earliest place that those asked for, and the latest epoch. */
  resume: Resume
}

/** What one socket of `/ws/{user_id}` does: it joins and leaves threads, and stays open when one of them ends. */
export class ThreadSocket implements SocketProtocol {
  readonly codec = codec
  readonly door = 'shua'
  readonly acknowledges = false
  readonly #realtime: Realtime
  readonly #verifyToken: TokenVerifier['verify']
  /** By thread id. */
  readonly #places = new Map<string, Place>()
  #asking = 0

  constructor(realtime: Realtime, verifyToken: TokenVerifier['verify']) {
    this.#realtime = realtime
    this.#verifyToken = verifyToken
  }

  closeFrame(reason: CloseReason): CloseFrame {
    return closeFrames[reason]
  }

  async authorize(connection: Connection, { subject, token }: Handshake): Promise<CloseReason | undefined> {
    const { threads, users } = this.#realtime
    const identity = await verifyIdentity(this.#verifyToken, token)
    if (typeof identity === 'string') return identity
    if (identity.userId !== subject.toLowerCase()) return 'user_mismatch'
    if (connection.ended) return undefined
    // Before the account is looked up: a change that comes meanwhile ends this socket too.
    if (!users.add(connection, identity)) return 'too_many_connections'
    return threads.checkAccount(identity.userId)
  }

  receive(connection: Connection, data: Buffer, isBinary: boolean): void {
    const read = readFrame(data, isBinary)
    if (!read.ok) {
      const id = read.parsed['thread_id']
      const threadId = typeof id === 'string' && id.length <= maxIdLength ? id : undefined
      reject(connection, { reason: 'invalid', detail: read.detail, threadId })
    } else if (read.frame.type === 'leave_thread') this.#leave(connection, read.frame.thread_id)
    else this.#join(connection, read.frame.thread_id, { afterSeq: read.frame.after_seq, epoch: read.frame.epoch })
  }

  threadJoined(connection: Connection, { threadId, epoch }: ListenedThread, lastSeq: number): void {
    connection.write(joinedFrame(threadId, { lastSeq, epoch }))
  }

  threadEnded(connection: Connection, { threadId, joined }: ListenedThread, reason: CloseReason): void {
    // A join under way answers the client itself.
    if (!joined) return
    this.#places.delete(threadId)
    this.#refuse(connection, threadId, reason)
  }

  #join(connection: Connection, threadId: string, resume: Resume): void {
    const id = threadId.toLowerCase()
    const place = this.#places.get(id)
    if (!isUuid(id)) this.#refuse(connection, threadId, 'thread_not_found')
    else if (place?.subscription !== undefined) this.#joinAgain(connection, place.subscription, resume)
    else if (place !== undefined) {
      place.repeats += 1
      place.resume = earlier(place.resume, resume)
    } else if (this.#places.size >= maxThreads || this.#asking >= maxThreads) {
      const detail = `A socket can listen to ${maxThreads} threads; leave some first`
      reject(connection, { reason: 'too_many_subscriptions', detail, threadId: id })
    } else void this.#joinFirst(connection, id, resume)
  }

  async #joinFirst(connection: Connection, threadId: string, resume: Resume): Promise<void> {
    const place: Place = { subscription: undefined, repeats: 0, resume: {} }
    this.#places.set(threadId, place)
    this.#asking += 1
    const joined = await this.#realtime.threads.join(connection, threadId, resume)
    this.#asking -= 1
    // The client left it again, and has its answer.
    if (this.#places.get(threadId) !== place) return
    if (typeof joined === 'string') {
      this.#places.delete(threadId)
      for (let n = 0; n <= place.repeats; n += 1) this.#refuse(connection, threadId, joined)
      return
    }
    place.subscription = joined
    for (let n = 0; n < place.repeats; n += 1) this.#join(connection, threadId, place.resume)
  }

  #joinAgain(connection: Connection, subscription: Subscription, resume: Resume): void {
    const { threadId, end: lastSeq, epoch } = subscription
    if (!canContinue(resume, { epoch, lastSeq })) {
      // The client may know more of the log than this socket does, or less: the chat decides.
      subscription.leave()
      void this.#joinFirst(connection, threadId, resume)
      return
    }
    connection.write(joinedFrame(threadId, { lastSeq, epoch }))
    if (resume.afterSeq !== undefined) this.#realtime.threads.rewind(subscription, resume.afterSeq)
  }

  #leave(connection: Connection, threadId: string): void {
    const id = threadId.toLowerCase()
    this.#places.delete(id)
    for (const thread of connection.threads) if (thread.threadId === id) thread.leave()
    connection.write(leftFrame(threadId))
  }

  /** Answers why the client does not listen to a thread, or no longer does. */
  #refuse(connection: Connection, threadId: string, reason: CloseReason): void {
    const refuse = (why: 'thread_not_found' | 'not_a_member' | 'unavailable', detail: string) =>
      reject(connection, { reason: why, detail, threadId })
    if (reason === 'thread_not_found') refuse(reason, 'Thread not found')
    else if (reason === 'not_a_member') refuse(reason, 'Access denied - you are not a participant in this thread')
    else if (reason === 'unavailable') refuse(reason, 'The thread cannot be joined now; try again')
    // Not about the thread: the person may have no socket any more.
    else connection.end(reason)
  }
}

function reject(connection: Connection, refusal: Refusal): void {
  connection.refuse(refusal.reason, refusalFrame(refusal))
}

function earlier(one: Resume, other: Resume): Resume {
  const { afterSeq = other.afterSeq } = one
  const seq = afterSeq === undefined ? undefined : Math.min(afterSeq, other.afterSeq ?? afterSeq)
  return { afterSeq: seq, epoch: other.epoch ?? one.epoch }
}
