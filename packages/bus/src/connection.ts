import { setTimeout as sleep } from 'node:timers/promises'
import { type JetStreamClient, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream'
import { connect, type Msg, type NatsConnection, type Subscription } from '@nats-io/transport-node'
import type { Logger } from 'pino'
import type { BusTuning } from './options.ts'

/** One NATS client with its JetStream faces. */
export interface Client {
  readonly nc: NatsConnection
  readonly js: JetStreamClient
  readonly jsm: JetStreamManager
}

interface StandingSubscription {
  readonly subject: string
  readonly queue: string | undefined
  readonly callback: (message: Msg) => void
  live: Subscription | undefined
}

/**
 * A connection that is always either up or on its way back.
 *
 * The NATS client reconnects by itself once it has been connected; before that, and should it ever give up, this
 * class dials a new client and moves the subscriptions onto it. So callers may subscribe at any time.
 */
export class Connection {
  readonly #options: { url: string; name: string; log: Logger; tuning: BusTuning }
  readonly #closing = new AbortController()
  readonly #subscriptions = new Set<StandingSubscription>()
  readonly #upListeners = new Set<(client: Client) => void>()
  readonly #downListeners = new Set<() => void>()
  readonly #firstAttempt = Promise.withResolvers<void>()
  #client: Client | undefined
  #up = false
  #finished: Promise<void> = Promise.resolve()

  constructor(options: { url: string; name: string; log: Logger; tuning: BusTuning }) {
    this.#options = options
  }

  /** Begins to dial; resolves after the first attempt, whichever way it went. */
  start(): Promise<void> {
    this.#finished = this.#run()
    return this.#firstAttempt.promise
  }

  /** The client while it is connected. */
  client(): Client | undefined {
    return this.#up ? this.#client : undefined
  }

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

  /** Subscribes now, or as soon as there is a connection, and again on every new client. Returns the way out. */
  subscribe(subject: string, queue: string | undefined, callback: (message: Msg) => void): () => void {
    const standing: StandingSubscription = { subject, queue, callback, live: undefined }
    this.#subscriptions.add(standing)
    if (this.#client !== undefined && !this.#client.nc.isClosed()) this.#attach(standing, this.#client.nc)
    return () => {
      this.#subscriptions.delete(standing)
      standing.live?.unsubscribe()
    }
  }

  /** Lets what is in flight finish for a bounded time, then disconnects for good. */
  async close(): Promise<void> {
    this.#closing.abort()
    const nc = this.#client?.nc
    if (nc !== undefined && !nc.isClosed()) {
      const bound = new AbortController()
      const timeout = sleep(this.#options.tuning.closeTimeoutMs, undefined, { signal: bound.signal })
      // Draining a lost connection would wait for a server that may never come back.
      const drained = this.#up ? nc.drain() : Promise.resolve()
      await Promise.race([drained, timeout]).catch(() => undefined)
      bound.abort()
      await timeout.catch(() => undefined)
      await nc.close().catch(() => undefined)
    }
    await this.#finished
  }

  async #run(): Promise<void> {
    let attempts = 0
    while (!this.#closing.signal.aborted) {
      const client = await this.#dial(attempts++)
      if (client !== undefined) {
        attempts = 0
        await this.#serve(client)
      } else {
        this.#firstAttempt.resolve()
        await this.#pause()
      }
    }
    this.#firstAttempt.resolve()
  }

  async #dial(attempt: number): Promise<Client | undefined> {
    const { url, name, log, tuning } = this.#options
    try {
      const nc = await connect({
        servers: url.split(',').map((server) => server.trim()),
        name,
        maxReconnectAttempts: -1,
        reconnectTimeWait: tuning.reconnectWaitMs,
        reconnectJitter: tuning.reconnectWaitMs,
        timeout: tuning.connectTimeoutMs,
        pingInterval: tuning.pingIntervalMs,
        maxPingOut: 2,
        ignoreAuthErrorAbort: true,
        // Stack traces for each request cost more than the request.
        noAsyncTraces: true
      })
      const jsm = await jetstreamManager(nc, { checkAPI: false, timeout: tuning.connectTimeoutMs })
      return { nc, jsm, js: jsm.jetstream() }
    } catch (error) {
      // Once per outage is enough for the log.
      if (attempt === 0) log.warn({ err: error }, 'NATS is away, dialing until it answers')
      return undefined
    }
  }

  /** Follows one client until it is closed. */
  async #serve(client: Client): Promise<void> {
    const { log } = this.#options
    const changes = client.nc.status()
    this.#client = client
    if (this.#closing.signal.aborted) {
      await client.nc.close()
    } else {
      for (const standing of this.#subscriptions) this.#attach(standing, client.nc)
      this.#goUp(client)
    }
    this.#firstAttempt.resolve()
    for await (const change of changes) {
      if (change.type === 'disconnect') this.#goDown()
      else if (change.type === 'reconnect') this.#goUp(client)
      else if (change.type === 'error') log.warn({ err: change.error }, 'NATS reported an error')
    }
    const reason = await client.nc.closed()
    this.#goDown()
    this.#client = undefined
    if (!this.#closing.signal.aborted) log.error({ err: reason }, 'NATS client gave up, dialing anew')
  }

  #attach(standing: StandingSubscription, nc: NatsConnection): void {
    const { log } = this.#options
    const { subject, queue, callback } = standing
    standing.live = nc.subscribe(subject, {
      ...(queue === undefined ? {} : { queue }),
      callback: (error, message) => {
        if (error !== null) log.error({ err: error, subject }, 'NATS refused a subscription')
        else callback(message)
      }
    })
  }

  #goUp(client: Client): void {
    if (this.#up) this.#goDown()
    this.#up = true
    this.#options.log.info({ server: client.nc.getServer() }, 'NATS connected')
    for (const listener of [...this.#upListeners]) listener(client)
  }

  #goDown(): void {
    if (!this.#up) return
    this.#up = false
    if (!this.#closing.signal.aborted) this.#options.log.warn('NATS disconnected')
    for (const listener of [...this.#downListeners]) listener()
  }

  async #pause(): Promise<void> {
    const { reconnectWaitMs } = this.#options.tuning
    const wait = reconnectWaitMs * (1 + Math.random())
    await sleep(wait, undefined, { signal: this.#closing.signal }).catch(() => undefined)
  }
}
