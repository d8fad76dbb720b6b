import type { Limit } from '@belay/kit'
import { sql, type Transaction } from 'kysely'
import type { ChatDatabase } from '#src/schema.ts'

/** What a sender has used of the current window, locked until the transaction ends. */
export interface Budget {
  sender_id: string
  used: number
  window_started_at: Date
}

/**
 * Opens or locks the senders' windows, in one order everywhere. They are locked before they are read, so two replicas never
 * count the same message slot twice.
 */
export async function lockBudgets(
  trx: Transaction<ChatDatabase>,
  senderIds: readonly string[],
  limit: Limit,
  now: Date
): Promise<Budget[]> {
  const { rows } = await sql<Budget>`
    /* prepared */ insert into rate_limits as l (subject, limit_name, window_started_at, used)
    select subject, ${limit.name}, ${now}, 0 from unnest(${senderIds.toSorted()}::text[]) as s (subject)
    on conflict (subject, limit_name) do update set
      used = case when l.window_started_at + make_interval(secs => ${limit.windowSeconds}) <= ${now}
                  then 0 else l.used end,
      window_started_at = case when l.window_started_at + make_interval(secs => ${limit.windowSeconds}) <= ${now}
                               then ${now} else l.window_started_at end
    returning subject as sender_id, used, window_started_at`.execute(trx)
  return rows
}

/** What one sender has used of one limit. */
interface Used {
  limitName: string
  senderId: string
  used: number
}

/** Stores what the senders have used of their locked windows. */
export async function updateBudgets(trx: Transaction<ChatDatabase>, budgets: readonly Used[]): Promise<void> {
  await sql`
    /* prepared */ update rate_limits l set used = b.used
    from unnest(${budgets.map((budget) => budget.senderId)}::text[], ${budgets.map((budget) => budget.limitName)}::text[],
                ${budgets.map((budget) => budget.used)}::int[]) as b (subject, limit_name, used)
    where l.subject = b.subject and l.limit_name = b.limit_name`.execute(trx)
}
