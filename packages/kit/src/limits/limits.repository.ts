import { type QueryExecutorProvider, type RawBuilder, sql } from 'kysely'
import type { Limit } from './limit.ts'

/** One subject's use of one limit at one moment. */
export interface Use {
  /** Who is counted: a user's id, an address, … */
  subject: string
  limit: Limit
  now: Date
}

/** The state of a window. */
export interface Window {
  used: number
  startedAt: Date
}

/**
 * Counts uses if there is room for all of them, in one statement, so that replicas share the limit exactly. Undefined
 * if there is no room; then nothing is counted.
 */
export async function takeUses(db: QueryExecutorProvider, use: Use, amount: number): Promise<Window | undefined> {
  return one(
    db,
    sql`
    ${addition(use, amount)}
    where ${isOver(use)} or l.used + excluded.used <= ${use.limit.max}
    returning l.used, l.window_started_at`
  )
}

/** Counts uses whether or not there is room. */
export async function addUses(db: QueryExecutorProvider, use: Use, amount: number): Promise<void> {
  await addition(use, amount).execute(db)
}

/** Takes back uses that did not count after all. */
export async function returnUses(db: QueryExecutorProvider, use: Use, amount: number): Promise<void> {
  await sql`
    update rate_limits l set used = greatest(0, l.used - ${amount}::int)
    where l.subject = ${use.subject} and l.limit_name = ${use.limit.name} and not ${isOver(use)}`.execute(db)
}

/** Returns the current window; undefined if there is none. */
export async function findWindow(db: QueryExecutorProvider, use: Use): Promise<Window | undefined> {
  return one(
    db,
    sql`
    select l.used, l.window_started_at from rate_limits l
    where l.subject = ${use.subject} and l.limit_name = ${use.limit.name} and not ${isOver(use)}`
  )
}

/** Deletes at most `limit` windows that began before a moment. Returns the number of deleted rows. */
export async function deleteWindows(db: QueryExecutorProvider, before: Date, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from rate_limits where ctid in (
      select ctid from rate_limits where window_started_at < ${before} limit ${limit} for update skip locked
    )`.execute(db)
  return Number(numAffectedRows ?? 0)
}

function addition({ subject, limit, now }: Use, amount: number): RawBuilder<unknown> {
  const over = isOver({ limit, now })
  return sql`
    insert into rate_limits as l (subject, limit_name, window_started_at, used)
    values (${subject}, ${limit.name}, ${now}, ${amount}::int)
    on conflict (subject, limit_name) do update set
      used = case when ${over} then excluded.used else l.used + excluded.used end,
      window_started_at = case when ${over} then excluded.window_started_at else l.window_started_at end`
}

function isOver({ limit, now }: Pick<Use, 'limit' | 'now'>): RawBuilder<unknown> {
  return sql`(l.window_started_at + make_interval(secs => ${limit.windowSeconds}) <= ${now}::timestamptz)`
}

async function one(db: QueryExecutorProvider, query: RawBuilder<unknown>): Promise<Window | undefined> {
  const { rows } = await query.$castTo<{ used: number; window_started_at: Date }>().execute(db)
  const [row] = rows
  return row === undefined ? undefined : { used: row.used, startedAt: row.window_started_at }
}
