import { setTimeout as wait } from 'node:timers/promises'
import type { Bus } from '@belay/bus'
import { afterCommit } from '@belay/events'
import { isUnavailable, type Runtime } from '@belay/kit'
import type { Present } from '@belay/presence'
import type { Kysely, Transaction } from 'kysely'
import type { Logger } from 'pino'
import type { ChatDatabase } from '#src/schema.ts'
import { announce } from './announce.ts'
import { followOnline } from './follow-online.ts'
import { deletePresence, listOnlineIds, markOffline, markOnline, type Transition } from './presence.repository.ts'

const batchSize = 500
const pageSize = 1_000
/** With more people than these to look at, all of them are. */
const maxChanged = 20_000
const retryMs = 1_000
const lowestId = '00000000-0000-0000-0000-000000000000'

export interface PresenceOptions {
  bus: Pick<Bus, 'ask' | 'listenLive' | 'onReconnect' | 'publishLive' | 'status'>
  /** Never that of a command's transaction. */
  db: Kysely<ChatDatabase>
  runtime: Runtime
  log: Logger
  /** See `followOnline`. */
  callAnsweredWithinMs?: number
}

/**
 * Keeps the table `presence` as the realtime gateways announce it, and publishes who came online and who went offline. Every
 * replica follows all gateways; a guarded statement lets one of them decide each transition. Changes that arrive while a
 * batch is being decided form the next one, without a timer.
 */
export class Presence {
  /** How many transitions this replica decided. */
  readonly transitions = { online: 0, offline: 0 }
  readonly #options: PresenceOptions
  readonly #online: Present
  readonly #changed = new Set<string>()
  readonly #closing = new AbortController()
  /** Everyone has to be looked at. */
  #allDue = false
  /** Until the gateways have responded, a person who seems to be absent may be on one that has not. */
  #settling = true
  #deciding: Promise<void> | undefined

  constructor(options: PresenceOptions) {
    this.#options = options
    const { runtime, bus } = options
    this.#online = followOnline({ ...options, clock: runtime.clock, onChange: (ids) => this.#recheck(ids) })
    bus.onReconnect(() => void this.#settle())
  }

  /** Begins to decide, from everyone who is online now or was so when chat last ran. */
  start(): void {
    void this.#settle()
  }

  /** Stops after the current batch. */
  async close(): Promise<void> {
    this.#closing.abort()
    this.#online.close()
    await this.#deciding
  }

  /** Returns how many people are online on any gateway. */
  count(): number {
    return this.#online.keys().size
  }

  /** Looks at a person again once the change of their account is committed: it may have been disabled. */
  accountStored(trx: Transaction<ChatDatabase>, userId: string): void {
    afterCommit(trx, () => this.#recheck([userId]))
  }

  /** Forgets an erased person, who is offline from then on. */
  async erase(trx: Transaction<ChatDatabase>, userId: string): Promise<void> {
    if (!(await deletePresence(trx, userId))) return
    const left = { user_id: userId, online: false, last_active: this.#options.runtime.clock.now() }
    afterCommit(trx, () => this.#announce([left]))
  }

  async #settle(): Promise<void> {
    this.#settling = true
    await this.#online.settled()
    if (this.#options.bus.status() === 'disconnected') return
    this.#settling = false
    this.#allDue = true
    this.#decideSoon()
  }

  #recheck(userIds: readonly string[]): void {
    for (const id of userIds) this.#changed.add(id)
    this.#decideSoon()
  }

  #decideSoon(): void {
    if (this.#deciding === undefined && this.#hasWork()) this.#deciding = this.#decideAll()
  }

  #hasWork(): boolean {
    return (this.#allDue || this.#changed.size > 0) && !this.#closing.signal.aborted
  }

  async #decideAll(): Promise<void> {
    while (this.#hasWork()) {
      // One turn of the event loop, so that people who come together are in one batch.
      await new Promise(setImmediate)
      try {
        await this.#decideNext()
      } catch (error) {
        this.#allDue = true
        this.#options.log[isUnavailable(error) ? 'debug' : 'error']({ err: error }, 'presence could not be stored')
        await wait(retryMs, undefined, { signal: this.#closing.signal }).catch(() => undefined)
      }
    }
    this.#deciding = undefined
  }

  async #decideNext(): Promise<void> {
    if (this.#changed.size > maxChanged) this.#allDue = true
    if (!this.#allDue) return this.#decide(takeFrom(this.#changed, batchSize))
    this.#allDue = false
    this.#changed.clear()
    const present = new Set(this.#online.keys())
    while (present.size > 0) await this.#decide(takeFrom(present, batchSize))
    await this.#decideStored()
  }

  /** Finds the people who left while no replica followed. */
  async #decideStored(): Promise<void> {
    for (let after = lowestId, page: string[]; ; after = page.at(-1) ?? after) {
      page = await listOnlineIds(this.#options.db, { after, limit: pageSize })
      await this.#decide(page.filter((id) => !this.#online.has(id)))
      if (page.length < pageSize) return
    }
  }

  async #decide(ids: readonly string[]): Promise<void> {
    const { bus, db, runtime } = this.#options
    // While disconnected nothing is known and nothing can be published; all are looked at after the reconnect.
    if (ids.length === 0 || bus.status() === 'disconnected') return
    const at = runtime.clock.now()
    const present = ids.filter((id) => this.#online.has(id))
    const absent = this.#settling ? [] : ids.filter((id) => !this.#online.has(id))
    await this.#announce(await markOffline(db, { absent, present }, at))
    await this.#announce(await markOnline(db, present, at))
  }

  async #announce(transitions: readonly Transition[]): Promise<void> {
    for (const { online } of transitions) this.transitions[online ? 'online' : 'offline'] += 1
    const { bus, db, runtime } = this.#options
    await announce({ bus, db, newId: runtime.newId }, transitions)
  }
}

function takeFrom(ids: Set<string>, size: number): string[] {
  const taken: string[] = []
  for (const id of ids) {
    if (taken.length === size) break
    ids.delete(id)
    taken.push(id)
  }
  return taken
}
