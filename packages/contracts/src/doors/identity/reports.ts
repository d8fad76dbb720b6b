import { type Static, Type } from 'typebox'
import { MessageType } from '../../chat.ts'
import { PersonSummary, ReportReason, ReportStatus } from '../../people.ts'
import { Id, Nullable, Text, Timestamp } from '../../text.ts'
import { PageQuery } from '../page.ts'

export const ReportBody = Type.Object({
  reason: ReportReason,
  description: Type.Optional(Nullable(Text({ min: 0, max: 2000 })))
})

/** The response to reporting a person. */
export const ReportSubmitted = Type.Object({ message: Type.String(), report_id: Id }, { $id: 'ReportSubmitted' })

export const ListReportsQuery = Type.Object({ status: Type.Optional(ReportStatus), ...PageQuery })

/** A message of the reported person to the reporter, as it stood when they were reported. */
export const ReportedMessage = Type.Object({
  id: Id,
  content: Type.String(),
  message_type: MessageType,
  created_at: Timestamp
})
export type ReportedMessage = Static<typeof ReportedMessage>

/** A report as administrators see it. */
export const Report = Type.Object(
  {
    id: Id,
    reporter: PersonSummary,
    reported: PersonSummary,
    reason: ReportReason,
    description: Nullable(Type.String()),
    status: ReportStatus,
    admin_notes: Nullable(Type.String()),
    context: Type.Array(ReportedMessage, {
      description: 'The last messages of the reported person to the reporter before the report, oldest first.'
    }),
    created_at: Timestamp,
    updated_at: Timestamp
  },
  { $id: 'Report' }
)

export const UpdateReportBody = Type.Partial(
  Type.Object({ status: ReportStatus, admin_notes: Nullable(Text({ min: 0, max: 2000 })) }),
  { minProperties: 1 }
)
