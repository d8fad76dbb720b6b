import { isUnavailable, type TokenVerifier } from '@belay/kit'
import type { Logger } from 'pino'
import type { CloseReason } from '#src/core/codec.ts'
import type { Connection, Identity, ListenedThread } from '#src/core/connection.ts'
import { count } from '#src/core/counters.ts'
import { verifyIdentity } from '#src/core/identity.ts'
import type { Realtime } from '#src/core/realtime.ts'
import type { ClientEvent, EventProtocol } from '#src/transports/socket-io/event-door.ts'
import type { EventFrame } from '#src/transports/socket-io/event-frame.ts'
import { type Answer, tooManyWaiting } from './answers.ts'
import { type DirectEvent, readEvent } from './client-events.ts'
import { codec, encode, errorOf, farewells, missedMessage } from './codec.ts'
import { perform } from './perform.ts'
import { Turns } from './turns.ts'

/** Events that may wait while the client is being signed in. */
const maxEarly = 16
/** No event has a longer name, and nothing longer is sent back. */
const maxNameLength = 64

export interface DirectSocketOptions {
  realtime: Realtime
  verifyToken: TokenVerifier['verify']
  log: Pick<Logger, 'error'>
  /** Events of one client that may wait for their turn. */
  maxWaiting: number
}

/** What one Socket.IO client does: it follows all conversations of its person. */
export class DirectSocket implements EventProtocol {
  readonly codec = codec
  readonly door = 'vibesmatch'
  readonly acknowledges = true
  readonly #options: DirectSocketOptions
  /** What the client emits is done in the order in which it came. */
  readonly #turns = new Turns()
  /** A token has come. */
  #signingIn = false

  constructor(options: DirectSocketOptions) {
    this.#options = options
  }

  connected(connection: Connection, { token }: Readonly<Record<string, unknown>>): void {
    if (typeof token === 'string') void this.#signIn(connection, token)
  }

  receive(connection: Connection, event: ClientEvent): void {
    const read = readEvent(event.name, event.data)
    const { maxWaiting } = this.#options
    const answer = (failure: Answer) => this.#answer(connection, event, failure)
    if ('reason' in read) answer(read)
    else if (this.#turns.waiting >= (connection.ready ? maxWaiting : maxEarly)) answer(tooManyWaiting)
    else if (read.name === 'authenticate') void this.#signIn(connection, read.data.token, event)
    else if (connection.ready || this.#signingIn) void this.#perform(connection, event, read)
    else answer({ reason: 'unauthenticated', detail: 'Sign in with auth.token or authenticate first' })
  }

  farewell(reason: CloseReason): EventFrame | undefined {
    // Without a token in time, it is the client that is late.
    return farewells[reason === 'unavailable' && !this.#signingIn ? 'no_token' : reason]
  }

  threadJoined(): void {}

  threadEnded(connection: Connection, _thread: ListenedThread, reason: CloseReason): void {
    if (reason === 'account_disabled' || reason === 'user_not_found') connection.end(reason)
  }

  /** Signs the client in; a later token of the same person prolongs the connection. */
  async #signIn(connection: Connection, token: string, event?: ClientEvent): Promise<void> {
    this.#signingIn = true
    const refusal = await this.#turns.take(async () => {
      const identity = await this.#identify(token)
      if (connection.ended || typeof identity === 'string') return identity
      return connection.ready ? this.#renew(connection, identity) : this.#admit(connection, identity)
    })
    if (typeof refusal === 'string') connection.end(refusal)
    else if (event !== undefined) this.#answer(connection, event, { success: true, data: signedIn(connection) })
  }

  async #identify(token: string): Promise<Identity | CloseReason> {
    const { log, verifyToken } = this.#options
    try {
      return await verifyIdentity(verifyToken, token)
    } catch (error) {
      if (!isUnavailable(error)) log.error({ err: error }, 'verifying a token failed')
      return 'unavailable'
    }
  }

  async #admit(connection: Connection, identity: Identity): Promise<CloseReason | undefined> {
    const { connections, conversations, users } = this.#options.realtime
    // Before the conversations are asked for: a change of the account that comes meanwhile ends this connection too.
    if (!users.add(connection, identity)) return 'too_many_connections'
    return conversations.follow(connection, identity.userId, () => {
      connections.admit(connection)
      connection.write(encode('authenticated', signedIn(connection)))
    })
  }

  #renew(connection: Connection, identity: Identity): CloseReason | undefined {
    if (identity.userId !== connection.identity?.userId) return 'bad_token'
    connection.identity = identity
    connection.write(encode('authenticated', signedIn(connection)))
    return undefined
  }

  async #perform(connection: Connection, event: ClientEvent, read: Exclude<DirectEvent, { name: 'authenticate' }>) {
    const { log, realtime } = this.#options
    try {
      const performed = await this.#turns.take(() => perform(realtime, { connection, turns: this.#turns }, read))
      const { answer, missed = [] } = performed
      this.#answer(connection, event, await answer)
      if (event.acknowledge === undefined) for (const message of missed) connection.write(missedMessage(message))
    } catch (error) {
      log.error({ err: error, event: read.name }, 'an event failed')
      this.#answer(connection, event, { reason: 'internal', detail: 'Internal error' })
    }
  }

  #answer(connection: Connection, { name, acknowledge }: ClientEvent, answer: Answer): void {
    if (connection.ended) return
    if (answer.success) {
      acknowledge?.(answer)
      return
    }
    count(this.#options.realtime.counters.refusals, answer.reason)
    const error = errorOf(answer)
    if (acknowledge !== undefined) acknowledge({ success: false, error })
    else connection.write(encode('error_event', { event: name.slice(0, maxNameLength), ...error }))
  }
}

function signedIn({ identity }: Connection): { user_id: string } {
  return { user_id: identity?.userId ?? '' }
}
