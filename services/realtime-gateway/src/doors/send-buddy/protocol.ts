import { isUuid, SessionClientFrame } from '@belay/contracts'
import { createValidator, type TokenVerifier } from '@belay/kit'
import type { Static } from 'typebox'
import type { CloseReason, Refusal } from '#src/core/codec.ts'
import type { Connection, ListenedThread } from '#src/core/connection.ts'
import { verifyIdentity } from '#src/core/identity.ts'
import type { Realtime } from '#src/core/realtime.ts'
import type { Subscription } from '#src/core/subscription.ts'
import { createFrameReader, type FrameValidators } from '#src/transports/websocket/frame-reader.ts'
import type { Handshake } from '#src/transports/websocket/handshake.ts'
import type { CloseFrame, SocketProtocol } from '#src/transports/websocket/socket-door.ts'
import { closeFrames } from './close-frames.ts'
import { codec, refusalFrame } from './codec.ts'

type ClientFrame = Static<typeof SessionClientFrame>

/** No valid id is longer, and nothing longer is sent back. */
const maxClientMsgIdLength = 64

const validators: FrameValidators<ClientFrame> = new Map(
  SessionClientFrame.anyOf.map((schema) => [schema.properties.type.const, createValidator(schema)])
)
const readFrame = createFrameReader(validators)

/** What one socket of `/ws/sessions/{id}/` does: it listens to the session's thread and sends to it. */
export class SessionSocket implements SocketProtocol {
  readonly codec = codec
  readonly door = 'send-buddy'
  readonly acknowledges = false
  readonly #realtime: Realtime
  readonly #verifyToken: TokenVerifier['verify']
  #subscription: Subscription | undefined

  constructor(realtime: Realtime, verifyToken: TokenVerifier['verify']) {
    this.#realtime = realtime
    this.#verifyToken = verifyToken
  }

  closeFrame(reason: CloseReason): CloseFrame {
    return closeFrames[reason]
  }

  async authorize(connection: Connection, handshake: Handshake): Promise<CloseReason | undefined> {
    const identity = await verifyIdentity(this.#verifyToken, handshake.token)
    if (typeof identity === 'string') return identity
    if (!connection.ended && !this.#realtime.users.add(connection, identity)) return 'too_many_connections'
    return this.#join(connection, handshake)
  }

  receive(connection: Connection, data: Buffer, isBinary: boolean): void {
    const read = readFrame(data, isBinary)
    const subscription = this.#subscription
    if (subscription === undefined || subscription.ended) return
    if (!read.ok)
      reject(connection, { reason: 'invalid', detail: read.detail, clientMsgId: clientMsgIdOf(read.parsed) })
    else if (read.frame.type === 'typing') this.#realtime.typing.type(subscription, read.frame.is_typing)
    else void this.#send(subscription, read.frame.content, read.frame.client_msg_id ?? null)
  }

  /** The query of the handshake asked for the thread: there is no frame to answer. */
  threadJoined(): void {}

  threadEnded(connection: Connection, _thread: ListenedThread, reason: CloseReason): void {
    connection.end(reason)
  }

  async #join(connection: Connection, { query, subject }: Handshake): Promise<CloseReason | undefined> {
    if (!isUuid(subject)) return 'thread_not_found'
    const afterSeq = readAfterSeq(query)
    const resume = { afterSeq: afterSeq.value, epoch: query.get('epoch') ?? undefined }
    const joined = await this.#realtime.threads.join(connection, subject.toLowerCase(), resume)
    if (typeof joined === 'string') return joined
    this.#subscription = joined
    if (afterSeq.fault !== undefined) reject(connection, { reason: 'invalid', detail: afterSeq.fault })
    return undefined
  }

  async #send(subscription: Subscription, body: string, clientMsgId: string | null): Promise<void> {
    const outcome = await this.#realtime.sending.send(subscription, { body, clientMsgId })
    const { connection } = subscription
    // The echo of a stored message is its delivery.
    if (outcome.status === 'refused') reject(connection, { ...outcome, clientMsgId })
    else if (outcome.status === 'unavailable') {
      reject(connection, { reason: 'unavailable', detail: outcome.detail, clientMsgId })
    }
  }
}

function reject(connection: Connection, refusal: Refusal): void {
  connection.refuse(refusal.reason, refusalFrame(refusal))
}

/** Returns the id of a rejected message, so that its sender knows which one it was. */
function clientMsgIdOf(parsed: Readonly<Record<string, unknown>>): string | null {
  const id = parsed['client_msg_id']
  return typeof id === 'string' && id.length <= maxClientMsgIdLength ? id : null
}

/** A client that asks for an impossible place gets an error and listens from the end on. */
function readAfterSeq(query: URLSearchParams): { value?: number; fault?: string } {
  const text = query.get('after_seq')
  if (text === null) return {}
  if (/^\d{1,15}$/.test(text)) return { value: Number(text) }
  return { fault: 'after_seq must be a whole number, 0 or more' }
}
