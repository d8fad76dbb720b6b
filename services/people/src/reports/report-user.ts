import { UserReported } from '@belay/contracts'
import { recordEvent } from '@belay/events'
import { InvalidInput } from '@belay/kit'
import type { ReportRow } from '#src/schema.ts'
import { UserNotFound } from '#src/errors.ts'
import type { People } from '#src/context.ts'
import { insertReport } from '#src/reports/reports.repository.ts'
import { lockUsersAgainstErasure } from '#src/users/users.repository.ts'

/** Reports a person to the administrators, across a block too. Returns the report's id. Throws UserNotFound or InvalidInput. */
export async function reportUser(
  people: People,
  input: { reporterId: string; reportedId: string; reason: ReportRow['reason']; description: string | null }
): Promise<string> {
  const { reporterId, reportedId, reason } = input
  if (reporterId === reportedId) throw new InvalidInput('You cannot report yourself')
  const id = people.newId()
  const now = people.clock.now()
  await people.store.transaction(async (trx) => {
    if (!(await lockUsersAgainstErasure(trx, [reporterId, reportedId]))) throw new UserNotFound()
    await insertReport(trx, {
      id,
      reporter_id: reporterId,
      reported_id: reportedId,
      reason,
      description: input.description,
      status: 'pending',
      admin_notes: null,
      created_at: now,
      updated_at: now
    })
    const data = { report_id: id, reporter_id: reporterId, reported_id: reportedId, reason }
    await recordEvent(trx, UserReported, { subject: reportedId, data })
  })
  return id
}
