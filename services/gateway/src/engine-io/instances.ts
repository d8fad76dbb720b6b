import { setTimeout as wait } from 'node:timers/promises'

/** The replicas are asked for their ids at most once per this time, in milliseconds. */
const refreshIntervalMs = 1_000
/** How many look-ups may wait for the next refresh; further ones find nothing. */
const maxWaiting = 1_000

export interface InstancesOptions<Replica> {
  replicas: readonly Replica[]
  /** Resolves with the id of the process behind a replica; rejects when it does not respond. */
  askId: (replica: Replica) => Promise<string>
}

/** Finds the replica of an instance by its id, which lasts as long as its process. */
export class Instances<Replica> {
  readonly #options: InstancesOptions<Replica>
  /** The last known id of each replica. */
  readonly #ids = new Map<Replica, string>()
  #lastRefreshAt = Number.NEGATIVE_INFINITY
  #nextRefresh: Promise<void> | undefined
  #waiting = 0

  constructor(options: InstancesOptions<Replica>) {
    this.#options = options
  }

  /** Resolves with the instance's replica; undefined if no replica has this id, after asking them. */
  async find(id: string): Promise<Replica | undefined> {
    const known = this.#known(id)
    if (known !== undefined || this.#waiting >= maxWaiting) return known
    this.#waiting += 1
    try {
      // One that has not begun yet: a refresh under way may have asked the replica before its process was replaced.
      this.#nextRefresh ??= this.#refresh()
      await this.#nextRefresh
    } finally {
      this.#waiting -= 1
    }
    return this.#known(id)
  }

  #known(id: string): Replica | undefined {
    for (const [replica, known] of this.#ids) if (known === id) return replica
    return undefined
  }

  async #refresh(): Promise<void> {
    await wait(Math.max(0, this.#lastRefreshAt + refreshIntervalMs - performance.now()))
    this.#lastRefreshAt = performance.now()
    this.#nextRefresh = undefined
    await Promise.all(this.#options.replicas.map((replica) => this.#ask(replica)))
  }

  /** A replica that does not respond keeps its id: its sessions may still be there. */
  async #ask(replica: Replica): Promise<void> {
    try {
      this.#ids.set(replica, await this.#options.askId(replica))
    } catch {
      // The next unknown id asks again.
    }
  }
}
