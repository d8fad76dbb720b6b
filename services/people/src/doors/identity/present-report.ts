import type { Report } from '@belay/contracts'
import type { Static } from 'typebox'
import type { ReportView } from '#src/reports/reports.repository.ts'

/** A report as administrators see it. */
export function presentReport(report: ReportView): Static<typeof Report> {
  return {
    id: report.id,
    reporter: {
      id: report.reporter_id,
      display_name: report.reporter_name,
      avatar: report.reporter_photos[0] ?? null
    },
    reported: {
      id: report.reported_id,
      display_name: report.reported_name,
      avatar: report.reported_photos[0] ?? null
    },
    reason: report.reason,
    description: report.description,
    status: report.status,
    admin_notes: report.admin_notes,
    context: report.context ?? [],
    created_at: report.created_at.toISOString(),
    updated_at: report.updated_at.toISOString()
  }
}
