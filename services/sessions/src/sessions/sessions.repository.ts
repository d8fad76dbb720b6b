import { type Kysely, sql, type Transaction } from 'kysely'
import type { SessionRow, SessionsDatabase, SessionStatus } from '#src/schema.ts'

const open: readonly SessionStatus[] = ['pending', 'accepted']

export async function findSession(db: Kysely<SessionsDatabase>, sessionId: string): Promise<SessionRow | undefined> {
  return db.selectFrom('sessions').selectAll().where('id', '=', sessionId).executeTakeFirst()
}

/** Locks a session until the transaction ends. */
export async function lockSession(
  trx: Transaction<SessionsDatabase>,
  sessionId: string
): Promise<SessionRow | undefined> {
  return trx.selectFrom('sessions').selectAll().where('id', '=', sessionId).forNoKeyUpdate().executeTakeFirst()
}

/** The pending or accepted session of this inviter, invitee and day; there is at most one. */
export async function findOpenInvitation(
  db: Kysely<SessionsDatabase>,
  invitation: Pick<SessionRow, 'inviter_id' | 'invitee_id' | 'proposed_date'>
): Promise<Pick<SessionRow, 'status'> | undefined> {
  return db
    .selectFrom('sessions')
    .select('status')
    .where('inviter_id', '=', invitation.inviter_id)
    .where('invitee_id', '=', invitation.invitee_id)
    .where('proposed_date', '=', invitation.proposed_date)
    .where('status', 'in', open)
    .executeTakeFirst()
}

/** False, and nothing is written, when an open invitation of the same pair and day exists or just won the race. */
export async function insertInvitation(trx: Transaction<SessionsDatabase>, row: SessionRow): Promise<boolean> {
  const inserted = await trx
    .insertInto('sessions')
    .values(row)
    .onConflict((conflict) =>
      conflict
        .columns(['inviter_id', 'invitee_id', 'proposed_date'])
        // Spelled out, not bound: the condition has to match the index's own.
        .where(sql<boolean>`status in ('pending', 'accepted')`)
        .doNothing()
    )
    .returning('id')
    .executeTakeFirst()
  return inserted !== undefined
}

/** Whose open sessions: one person's, or those between two. */
export type OpenSessionsFilter = { person: string } | { pair: readonly [string, string]; createdBefore?: Date }

/** Locks pending and accepted sessions until the transaction ends, and returns their ids. */
export async function lockOpenSessions(
  trx: Transaction<SessionsDatabase>,
  filter: OpenSessionsFilter
): Promise<string[]> {
  let query = trx.selectFrom('sessions').select('id').where('status', 'in', open)
  if ('person' in filter) {
    const { person } = filter
    query = query.where((where) => where.or([where('inviter_id', '=', person), where('invitee_id', '=', person)]))
  } else {
    query = query.where('inviter_id', 'in', filter.pair).where('invitee_id', 'in', filter.pair)
    if (filter.createdBefore) query = query.where('created_at', '<=', filter.createdBefore)
  }
  const rows = await query.orderBy('id').forNoKeyUpdate().execute()
  return rows.map((row) => row.id)
}

/** Locks up to `limit` accepted sessions of this day or earlier, skipping rows that are locked, and returns their ids. */
export async function lockDueSessions(
  trx: Transaction<SessionsDatabase>,
  due: { lastDay: string; limit: number }
): Promise<string[]> {
  const rows = await trx
    .selectFrom('sessions')
    .select('id')
    .where('status', '=', 'accepted')
    .where('proposed_date', '<=', due.lastDay)
    .orderBy('proposed_date')
    .orderBy('id')
    .limit(due.limit)
    .forNoKeyUpdate()
    .skipLocked()
    .execute()
  return rows.map((row) => row.id)
}

/** Writes the new status of sessions that the caller holds locked; `updated_at` never goes back. */
export async function updateStatusOf(
  trx: Transaction<SessionsDatabase>,
  sessionIds: readonly string[],
  change: { status: SessionStatus; now: Date }
): Promise<SessionRow[]> {
  if (sessionIds.length === 0) return []
  return trx
    .updateTable('sessions')
    .set((set) => ({
      status: change.status,
      version: set('version', '+', 1),
      updated_at: set.fn<Date>('greatest', ['updated_at', set.val(change.now)])
    }))
    .where('id', 'in', sessionIds)
    .returningAll()
    .execute()
}
