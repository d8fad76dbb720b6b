import type { QueryExecutorProvider } from 'kysely'
import type { Limit } from './limit.ts'
import { addUses, findWindow, returnUses, takeUses, type Use, type Window } from './limits.repository.ts'
import { RateLimited } from './limit.ts'

/** A use of a limit. Without a limit (`null`: limits are off) nothing is counted or refused. */
export interface LimitUse {
  /** Who is counted: a user's id, an address, … */
  subject: string
  limit: Limit | null
  now: Date
  /** How many uses at once. Defaults to 1. */
  amount?: number
}

/**
 * Counts a use in the caller's transaction, so that only what is committed counts; all replicas share the limit.
 * @throws RateLimited when it is used up
 */
export async function consumeLimit(trx: QueryExecutorProvider, { amount = 1, ...use }: LimitUse): Promise<void> {
  if (!isLimited(use)) return
  if (amount > use.limit.max) throw RateLimited.of(use.limit, use.limit.windowSeconds)
  if ((await takeUses(trx, use, amount)) === undefined) throw await refusal(trx, use)
}

/**
 * Throws when a limit is used up, and counts nothing: for uses that are counted afterwards, by `recordUse`. Concurrent
 * calls may all pass; where that matters use `consumeLimit` and `returnUse`.
 * @throws RateLimited
 */
export async function checkLimit(db: QueryExecutorProvider, use: LimitUse): Promise<void> {
  if (!isLimited(use)) return
  const window = await findWindow(db, use)
  if (window !== undefined && window.used >= use.limit.max) throw RateLimited.of(use.limit, secondsLeft(use, window))
}

/** Counts a use and never throws RateLimited. */
export async function recordUse(db: QueryExecutorProvider, { amount = 1, ...use }: LimitUse): Promise<void> {
  if (isLimited(use)) await addUses(db, use, amount)
}

/** Takes back a use in the current window. */
export async function returnUse(db: QueryExecutorProvider, { amount = 1, ...use }: LimitUse): Promise<void> {
  if (isLimited(use)) await returnUses(db, use, amount)
}

/** Returns how many uses are left, and for how many more seconds the window lasts. Null if limits are off. */
export async function peekLimit(
  db: QueryExecutorProvider,
  use: LimitUse
): Promise<{ remaining: number; resetSeconds: number } | null> {
  if (!isLimited(use)) return null
  const window = await findWindow(db, use)
  if (window === undefined) return { remaining: use.limit.max, resetSeconds: use.limit.windowSeconds }
  return { remaining: Math.max(0, use.limit.max - window.used), resetSeconds: secondsLeft(use, window) }
}

function isLimited(use: Omit<LimitUse, 'amount'>): use is Use {
  return use.limit !== null
}

async function refusal(db: QueryExecutorProvider, use: Use): Promise<RateLimited> {
  const window = await findWindow(db, use)
  return RateLimited.of(use.limit, window === undefined ? 1 : secondsLeft(use, window))
}

function secondsLeft({ limit, now }: Use, { startedAt }: Window): number {
  return Math.max(1, Math.ceil((startedAt.getTime() - now.getTime()) / 1000 + limit.windowSeconds))
}
