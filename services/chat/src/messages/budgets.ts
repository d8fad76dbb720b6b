import type { Limit } from '@belay/kit'
import type { Transaction } from 'kysely'
import type { ChatDatabase } from '#src/schema.ts'
import { type Budget, lockBudgets, updateBudgets } from './budgets.repository.ts'

/** The limits on messages, over all replicas; null when limits are off. */
export interface MessageLimits {
  /** In sessions, over HTTP and sockets together. */
  session: Limit | null
  /** In direct threads, over HTTP and sockets together. */
  direct: Limit | null
  /** In direct threads, over sockets. */
  socket: Limit | null
}

/** The limits that one message counts in. */
export interface Use {
  senderId: string
  limits: readonly Limit[]
}

/** One of the limits, and the messages that count in it. */
export interface LimitRule {
  limit: Limit
  context: string
  socketOnly: boolean
}

/** Returns the limits that are on. */
export function rulesOf({ session, direct, socket }: MessageLimits): LimitRule[] {
  const rule = (limit: Limit | null, context: string, socketOnly = false) =>
    limit === null ? [] : [{ limit, context, socketOnly }]
  return [...rule(session, 'session'), ...rule(direct, 'direct'), ...rule(socket, 'direct', true)]
}

/** Returns the limits on a message into a thread of this context. */
export function limitsOn(
  limits: MessageLimits,
  context: string,
  { from_socket: fromSocket = false }: { from_socket?: boolean }
): Limit[] {
  return rulesOf(limits)
    .filter((rule) => rule.context === context && (fromSocket || !rule.socketOnly))
    .map(({ limit }) => limit)
}

interface Window extends Budget {
  limit: Limit
}

/** The rate windows of one batch's senders, locked until its transaction ends. */
export class Budgets {
  readonly #windows: ReadonlyMap<string, Window>
  readonly #now: Date

  private constructor(windows: readonly Window[], now: Date) {
    this.#windows = new Map(windows.map((window) => [nameOf(window.limit, window.sender_id), window]))
    this.#now = now
  }

  /** Locks the windows that some messages may count in. */
  static async lock(trx: Transaction<ChatDatabase>, uses: readonly Use[], now: Date): Promise<Budgets> {
    const windows: Window[] = []
    const limits = new Set(uses.flatMap((use) => use.limits))
    // In one order everywhere, so that batches wait for each other instead of deadlocking.
    for (const limit of [...limits].toSorted((one, other) => one.name.localeCompare(other.name))) {
      const senderIds = new Set(uses.filter((use) => use.limits.includes(limit)).map((use) => use.senderId))
      const locked = await lockBudgets(trx, [...senderIds], limit, now)
      windows.push(...locked.map((budget) => ({ ...budget, limit })))
    }
    return new Budgets(windows, now)
  }

  /** Counts a message in all of its limits, or in none: then returns the one that is used up, and for how long. */
  take({ senderId, limits }: Use): { limit: Limit; retryAfterSeconds: number } | undefined {
    const windows = limits.flatMap((limit) => this.#windows.get(nameOf(limit, senderId)) ?? [])
    const usedUp = windows.find((window) => window.used >= window.limit.max)
    if (usedUp === undefined) {
      for (const window of windows) window.used += 1
      return undefined
    }
    const { limit } = usedUp
    const endsAt = usedUp.window_started_at.getTime() + limit.windowSeconds * 1000
    return { limit, retryAfterSeconds: Math.max(1, Math.ceil((endsAt - this.#now.getTime()) / 1000)) }
  }

  /** Stores what was counted. */
  async keep(trx: Transaction<ChatDatabase>): Promise<void> {
    if (this.#windows.size === 0) return
    await updateBudgets(
      trx,
      [...this.#windows.values()].map((window) => ({
        limitName: window.limit.name,
        senderId: window.sender_id,
        used: window.used
      }))
    )
  }
}

function nameOf({ name }: Limit, senderId: string): string {
  return `${name}/${senderId}`
}
