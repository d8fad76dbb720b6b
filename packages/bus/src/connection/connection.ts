import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { bounded } from '../bounded.ts'
import { type Client, dial } from './dial.ts'
import { BusDisconnected } from '../errors.ts'
import { type MessageCallback, StandingSubscription } from './standing-subscription.ts'
import type { BusTuning } from '../tuning.ts'

interface ConnectionOptions {
  url: string
  name: string
  log: Logger
  tuning: BusTuning
}

/**
 * A connection that is always either up or on its way back.
 *
 * The NATS client reconnects by itself once it has been connected; before that, and should it ever give up, this
 * class dials a new client and moves the subscriptions onto it. So callers may subscribe at any time.
 */
export class Connection {
  readonly #options: ConnectionOptions
  readonly #closing = new AbortController()
  readonly #subscriptions = new Set<StandingSubscription>()
  readonly #upListeners = new Set<(client: Client) => void>()
  readonly #downListeners = new Set<() => void>()
  readonly #firstAttempt = Promise.withResolvers<void>()
  #client: Client | undefined
  #up = false
  #finished: Promise<void> = Promise.resolve()

  constructor(options: ConnectionOptions) {
    this.#options = options
  }

  /** Begins to dial; resolves after the first attempt, successful or not. */
  start(): Promise<void> {
    this.#finished = this.#run()
    return this.#firstAttempt.promise
  }

  /** The client while it is connected. */
  client(): Client | undefined {
    return this.#up ? this.#client : undefined
  }

  /** Returns the way out, as all listeners here. */
  onUp(listener: (client: Client) => void): () => void {
    this.#upListeners.add(listener)
    return () => this.#upListeners.delete(listener)
  }

  onDown(listener: () => void): () => void {
    this.#downListeners.add(listener)
    return () => this.#downListeners.delete(listener)
  }

  /** Resolves with a connected client, or with undefined once the signal aborts or the connection is closed. */
  whenUp(signal: AbortSignal): Promise<Client | undefined> {
    const client = this.client()
    if (client !== undefined) return Promise.resolve(client)
    const stop = AbortSignal.any([signal, this.#closing.signal])
    if (stop.aborted) return Promise.resolve(undefined)
    return new Promise((resolve) => {
      const settle = (outcome: Client | undefined): void => {
        forget()
        stop.removeEventListener('abort', abandon)
        resolve(outcome)
      }
      const abandon = (): void => settle(undefined)
      const forget = this.onUp(settle)
      stop.addEventListener('abort', abandon)
    })
  }

  /** Subscribes now, or as soon as there is a connection, and again on every new client. */
  subscribe(subject: string, queue: string | undefined, callback: MessageCallback): StandingSubscription {
    const subscription = new StandingSubscription({ subject, queue, callback, log: this.#options.log }, () =>
      this.#subscriptions.delete(subscription)
    )
    this.#subscriptions.add(subscription)
    if (this.#client !== undefined) subscription.attach(this.#client.nc)
    return subscription
  }

  /** Sends what is still buffered, for a bounded time, then disconnects for good. */
  async close(): Promise<void> {
    this.#closing.abort()
    const nc = this.#client?.nc
    if (nc !== undefined) {
      // Draining a lost connection would wait for a server that may never come back.
      if (this.#up) await bounded(nc.drain(), this.#options.tuning.closeTimeoutMs)
      await nc.close().catch(() => undefined)
    }
    await this.#finished
  }

  async #run(): Promise<void> {
    const { log } = this.#options
    for (let attempt = 1; !this.#closing.signal.aborted; attempt += 1) {
      try {
        await this.#serve(await dial(this.#options))
        attempt = 0
      } catch (error) {
        // Once per outage is enough for the log.
        if (attempt === 1)
          log.warn({ err: new BusDisconnected({ cause: error }) }, 'NATS is away, dialing until it answers')
      }
      this.#firstAttempt.resolve()
      await this.#pause()
    }
  }

  /** Follows one client until it is closed. */
  async #serve(client: Client): Promise<void> {
    const { log } = this.#options
    if (this.#closing.signal.aborted) return client.nc.close()
    const changes = client.nc.status()
    this.#client = client
    for (const subscription of this.#subscriptions) subscription.attach(client.nc)
    this.#goUp(client)
    this.#firstAttempt.resolve()
    for await (const change of changes) {
      if (change.type === 'disconnect') this.#goDown()
      else if (change.type === 'reconnect') this.#goUp(client)
      else if (change.type === 'error')
        log.warn(
          { err: this.#up ? change.error : new BusDisconnected({ cause: change.error }) },
          'NATS reported an error'
        )
    }
    const reason = await client.nc.closed()
    this.#goDown()
    this.#client = undefined
    if (!this.#closing.signal.aborted) log.error({ err: reason }, 'NATS client gave up, connecting again')
  }

  #goUp(client: Client): void {
    // Two connects in a row mean that a disconnect went by unseen.
    this.#goDown()
    this.#up = true
    this.#options.log.debug({ server: client.nc.getServer() }, 'NATS connected')
    for (const listener of [...this.#upListeners]) this.#notify(() => listener(client))
  }

  #goDown(): void {
    if (!this.#up) return
    this.#up = false
    if (!this.#closing.signal.aborted) this.#options.log.warn({ err: new BusDisconnected() }, 'NATS disconnected')
    for (const listener of [...this.#downListeners]) this.#notify(listener)
  }

  /** A failing listener must not cost the others, nor the connection. */
  #notify(listener: () => void): void {
    try {
      listener()
    } catch (error) {
      this.#options.log.error({ err: error }, 'connection listener failed')
    }
  }

  async #pause(): Promise<void> {
    const { reconnectWaitMs } = this.#options.tuning
    // Jitter keeps the processes of a restarted system from knocking in step.
    const wait = reconnectWaitMs * (1 + Math.random())
    await sleep(wait, undefined, { signal: this.#closing.signal }).catch(() => undefined)
  }
}
