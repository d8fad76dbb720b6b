import type { ReportedMessage } from '@belay/contracts'
import type { Insertable, Kysely, Transaction } from 'kysely'
import type { PeopleDatabase, ReportRow } from '#src/schema.ts'

/** A report with the current names and photos of both people. */
export type ReportView = NonNullable<Awaited<ReturnType<typeof findReportView>>>

export async function insertReport(trx: Transaction<PeopleDatabase>, row: Insertable<ReportRow>): Promise<void> {
  await trx.insertInto('reports').values(row).execute()
}

export async function findReportView(db: Kysely<PeopleDatabase>, reportId: string) {
  return selectViews(db).where('report.id', '=', reportId).executeTakeFirst()
}

/** One page of reports, the newest first. */
export async function listReportViews(
  db: Kysely<PeopleDatabase>,
  status: ReportRow['status'] | undefined,
  page: { offset: number; limit: number }
): Promise<ReportView[]> {
  return selectViews(db)
    .$if(status !== undefined, (query) => query.where('report.status', '=', status ?? 'pending'))
    .orderBy('report.id', 'desc')
    .offset(page.offset)
    .limit(page.limit)
    .execute()
}

export async function countReports(
  db: Kysely<PeopleDatabase>,
  status: ReportRow['status'] | undefined
): Promise<number> {
  const { count } = await db
    .selectFrom('reports')
    .select((select) => select.fn.countAll<number>().as('count'))
    .$if(status !== undefined, (query) => query.where('status', '=', status ?? 'pending'))
    .executeTakeFirstOrThrow()
  return count
}

/** Changes a report, if there is one. */
export async function updateReport(
  trx: Transaction<PeopleDatabase>,
  reportId: string,
  change: Partial<Pick<ReportRow, 'status' | 'admin_notes'>> & { updated_at: Date }
): Promise<void> {
  await trx.updateTable('reports').set(change).where('id', '=', reportId).execute()
}

/** Returns the oldest reports that lack what was written. */
export async function listReportsWithoutContext(db: Kysely<PeopleDatabase>, limit: number) {
  return db
    .selectFrom('reports')
    .select(['id', 'reporter_id', 'reported_id', 'created_at'])
    .where('context', 'is', null)
    .orderBy('id')
    .limit(limit)
    .execute()
}

/** Stores what was written, unless it is there. */
export async function updateContext(
  trx: Transaction<PeopleDatabase>,
  reportId: string,
  context: readonly ReportedMessage[]
): Promise<void> {
  await trx
    .updateTable('reports')
    .set({ context: JSON.stringify(context) })
    .where('id', '=', reportId)
    .where('context', 'is', null)
    .execute()
}

/** Deletes every report by and of this person. */
export async function deleteReportsOf(trx: Transaction<PeopleDatabase>, userId: string): Promise<void> {
  await trx
    .deleteFrom('reports')
    .where((where) => where.or([where('reporter_id', '=', userId), where('reported_id', '=', userId)]))
    .execute()
}

function selectViews(db: Kysely<PeopleDatabase>) {
  return db
    .selectFrom('reports as report')
    .innerJoin('users as reporter', 'reporter.id', 'report.reporter_id')
    .innerJoin('users as reported', 'reported.id', 'report.reported_id')
    .selectAll('report')
    .select([
      'reporter.display_name as reporter_name',
      'reporter.profile_photos as reporter_photos',
      'reported.display_name as reported_name',
      'reported.profile_photos as reported_photos'
    ])
}
