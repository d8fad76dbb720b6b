import { ReportNotFound } from '#src/errors.ts'
import type { People } from '#src/context.ts'
import { findReportView, type ReportView, updateReport } from '#src/reports/reports.repository.ts'
import type { ReportRow } from '#src/schema.ts'

/** Changes the status or the notes of a report, or both. Empty notes remove them. Throws ReportNotFound. */
export async function reviewReport(
  people: People,
  input: { reportId: string; changes: Partial<Pick<ReportRow, 'status' | 'admin_notes'>> }
): Promise<ReportView> {
  const { status, admin_notes } = input.changes
  const change = {
    ...(status !== undefined && { status }),
    ...(admin_notes !== undefined && { admin_notes: admin_notes || null })
  }
  return people.store.transaction(async (trx) => {
    await updateReport(trx, input.reportId, { ...change, updated_at: people.clock.now() })
    const report = await findReportView(trx, input.reportId)
    if (report === undefined) throw new ReportNotFound()
    return report
  })
}
