import { ThreadClientFrame } from '@belay/contracts'
import { createValidator } from '@belay/kit'
import type { Static } from 'typebox'
import { createFrameReader, type FrameValidators } from '#src/transports/websocket/frame-reader.ts'
import { isId } from '#src/core/identity.ts'
import type { CloseReason } from '#src/core/codec.ts'
import type { Connection, Protocol, Subscription } from '#src/core/connection.ts'
import type { Realtime } from '#src/core/realtime.ts'
import { canContinue, type Resume } from '#src/core/threads.ts'
import { joinedFrame, leftFrame, codec } from './codec.ts'
import { closeFrames } from './close-frames.ts'

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

/** What one socket of `/ws/{user_id}` does: it joins and leaves threads, and stays open whatever happens to one of them. */
export class ThreadSocket implements Protocol {
  readonly codec = codec
  readonly #realtime: Realtime
  /** By thread id. */
  readonly #places = new Map<string, Place>()
  #asking = 0

  constructor(realtime: Realtime) {
    this.#realtime = realtime
  }

  closeFrame(ending: CloseReason): { code: number; reason: string } {
    return closeFrames[ending]
  }

  receive(connection: Connection, data: Buffer, isBinary: boolean): void {
    const read = readFrame(data, isBinary)
    if (!read.ok) {
      const id = read.parsed['thread_id']
      const threadId = typeof id === 'string' && id.length <= maxIdLength ? id : undefined
      this.#realtime.outgoing.refuse(connection, { reason: 'invalid', detail: read.detail, threadId })
    } else if (read.frame.type === 'leave_thread') this.#leave(connection, read.frame.thread_id)
    else this.#join(connection, read.frame.thread_id, { afterSeq: read.frame.after_seq, epoch: read.frame.epoch })
  }

  threadJoined(connection: Connection, subscription: Subscription, lastSeq: number): void {
    connection.write(joinedFrame(subscription.channel.threadId, { lastSeq, epoch: subscription.epoch }))
  }

  threadEnded(connection: Connection, { channel, joined }: Subscription, ending: CloseReason): void {
    // Of one that was on its way in, whoever waits for the answer tells the client.
    if (!joined) return
    this.#places.delete(channel.threadId)
    this.#tell(connection, channel.threadId, ending)
  }

  #join(connection: Connection, threadId: string, resume: Resume): void {
    const id = threadId.toLowerCase()
    const place = this.#places.get(id)
    if (!isId(id)) this.#tell(connection, threadId, 'thread_not_found')
    else if (place?.subscription !== undefined) this.#joinAgain(connection, place.subscription, resume)
    else if (place !== undefined) {
      place.repeats += 1
      place.resume = earlier(place.resume, resume)
    } else if (this.#places.size >= maxThreads || this.#asking >= maxThreads) {
      const detail = `A socket can listen to ${maxThreads} threads; leave some first`
      this.#realtime.outgoing.refuse(connection, { reason: 'too_many_threads', detail, threadId: id })
    } else void this.#joinFirst(connection, id, resume)
  }

  async #joinFirst(connection: Connection, threadId: string, resume: Resume): Promise<void> {
    const place: Place = { subscription: undefined, repeats: 0, resume: {} }
    this.#places.set(threadId, place)
    this.#asking += 1
    const joined = await this.#realtime.threads.join(connection, threadId, resume)
    this.#asking -= 1
    // The client left it again; it was told so.
    if (this.#places.get(threadId) !== place) return
    if (typeof joined === 'string') {
      this.#places.delete(threadId)
      for (let told = 0; told <= place.repeats; told += 1) this.#tell(connection, threadId, joined)
      return
    }
    place.subscription = joined
    for (let told = 0; told < place.repeats; told += 1) this.#join(connection, threadId, place.resume)
  }

  #joinAgain(connection: Connection, subscription: Subscription, resume: Resume): void {
    const { channel, end: lastSeq, epoch } = subscription
    if (!canContinue(resume, { epoch, lastSeq })) {
      // The client may know more of the log than this socket does, or less: the chat decides.
      this.#realtime.threads.leave(subscription)
      void this.#joinFirst(connection, channel.threadId, resume)
      return
    }
    connection.write(joinedFrame(channel.threadId, { lastSeq, epoch }))
    if (resume.afterSeq !== undefined) this.#realtime.threads.rewind(subscription, resume.afterSeq)
  }

  #leave(connection: Connection, threadId: string): void {
    const id = threadId.toLowerCase()
    this.#places.delete(id)
    for (const subscription of connection.subscriptions) {
      if (subscription.channel.threadId === id) this.#realtime.threads.leave(subscription)
    }
    connection.write(leftFrame(threadId))
  }

  /** Tells a client why it does not listen to a thread, or no longer. */
  #tell(connection: Connection, threadId: string, ending: CloseReason): void {
    const refuse = (reason: 'thread_not_found' | 'not_a_member' | 'unavailable', detail: string) =>
      this.#realtime.outgoing.refuse(connection, { reason, detail, threadId })
    if (ending === 'thread_not_found') refuse(ending, 'Thread not found')
    else if (ending === 'not_a_member') refuse(ending, 'Access denied - you are not a participant in this thread')
    else if (ending === 'unavailable') refuse(ending, 'The thread cannot be joined now; try again')
    // Not about the thread: the person may have no socket any more.
    else connection.end(ending)
  }
}

function earlier(one: Resume, other: Resume): Resume {
  const { afterSeq = other.afterSeq } = one
  const seq = afterSeq === undefined ? undefined : Math.min(afterSeq, other.afterSeq ?? afterSeq)
  return { afterSeq: seq, epoch: other.epoch ?? one.epoch }
}
