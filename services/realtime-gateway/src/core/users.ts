import type { Bus } from '@belay/bus'
import { AccessSignal, liveSubjects, UserSignal } from '@belay/contracts'
import { createValidator } from '@belay/kit'
import { Broadcast, type CloseReason } from './codec.ts'
import type { Connection, Identity } from './connection.ts'
import type { Counters } from './counters.ts'

const validateUser = createValidator(UserSignal)
const validateAccess = createValidator(AccessSignal)

const closeReasons = {
  disabled: 'account_disabled',
  deleted: 'account_deleted',
  logged_out: 'logged_out'
} as const satisfies Record<AccessSignal['reason'], CloseReason>

export interface UsersOptions {
  bus: Pick<Bus, 'listenLive'>
  counters: Counters
  /** Connections that one person may have here. */
  maxConnections: number
}

interface UserChannel {
  connections: Set<Connection>
  stopListening: () => void
}

/** People with connections here. Each is subscribed to at NATS once, for what concerns all of their connections. */
export class Users {
  readonly #options: UsersOptions
  readonly #channels = new Map<string, UserChannel>()

  constructor(options: UsersOptions) {
    this.#options = options
  }

  /** Listens for ends of access: one subscription for all people, since they are rare. */
  start(): void {
    this.#options.bus.listenLive(liveSubjects.everyAccess, this.#accessEnded)
  }

  /** Adds a connection of a person. Returns false when the person has too many already. */
  add(connection: Connection, identity: Identity): boolean {
    const channel = this.#channels.get(identity.userId)
    if (channel && channel.connections.size >= this.#options.maxConnections) return false
    connection.identity = identity
    if (channel) channel.connections.add(connection)
    else this.#open(identity.userId, connection)
    return true
  }

  remove(connection: Connection): void {
    const userId = connection.identity?.userId ?? ''
    const channel = this.#channels.get(userId)
    if (!channel?.connections.delete(connection) || channel.connections.size > 0) return
    this.#channels.delete(userId)
    channel.stopListening()
  }

  #open(userId: string, connection: Connection): void {
    const stopListening = this.#options.bus.listenLive(liveSubjects.user(userId), this.#received)
    this.#channels.set(userId, { connections: new Set([connection]), stopListening })
  }

  readonly #received = (payload: unknown, subject: string): void => {
    const channel = this.#channels.get(subject.slice(liveSubjects.user('').length))
    if (channel === undefined) return
    const checked = validateUser(payload)
    if (!checked.ok) {
      this.#options.counters.badSignals += 1
      return
    }
    const event = new Broadcast((codec) => codec.notification(checked.value.notification))
    for (const connection of channel.connections) {
      if (connection.ready) connection.send(event)
    }
  }

  readonly #accessEnded = (payload: unknown, subject: string): void => {
    const channel = this.#channels.get(subject.slice(liveSubjects.access('').length))
    if (channel === undefined) return
    const checked = validateAccess(payload)
    if (checked.ok) endAccess(channel, checked.value)
    else this.#options.counters.badSignals += 1
  }
}

function endAccess(channel: UserChannel, { reason, sign_in_id: signInId }: AccessSignal): void {
  for (const connection of channel.connections) {
    if (signInId === undefined || connection.identity?.signInId === signInId) connection.end(closeReasons[reason])
  }
}
