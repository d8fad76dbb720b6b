import { UserReported } from '@belay/contracts'
import { afterCommit, recordEvent } from '@belay/events'
import { InvalidInput } from '@belay/kit'
import type { People } from '#src/context.ts'
import { UserNotFound } from '#src/errors.ts'
import { readContext } from '#src/reports/report-context.ts'
import { insertReport } from '#src/reports/reports.repository.ts'
import type { ReportRow } from '#src/schema.ts'
import { findUser, lockUsersAgainstErasure } from '#src/users/users.repository.ts'

/**
 * Reports a person to the administrators, across a block too, with what they last wrote to the reporter. While chat does
 * not answer, that is added later. Returns the report's id. Throws UserNotFound or InvalidInput.
 */
export async function reportUser(
  people: People,
  input: { reporterId: string; reportedId: string; reason: ReportRow['reason']; description: string | null }
): Promise<string> {
  const { reporterId, reportedId, reason } = input
  if (reporterId === reportedId) throw new InvalidInput('You cannot report yourself')
  if ((await findUser(people.store.db, reportedId)) === undefined) throw new UserNotFound()
  const id = people.newId()
  const now = people.clock.now()
  const report = { reporter_id: reporterId, reported_id: reportedId, created_at: now }
  const context = await readContext(people, report)
  await people.store.transaction(async (trx) => {
    if (!(await lockUsersAgainstErasure(trx, [reporterId, reportedId]))) throw new UserNotFound()
    await insertReport(trx, {
      ...report,
      id,
      reason,
      description: input.description,
      status: 'pending',
      admin_notes: null,
      updated_at: now,
      context: context === null ? null : JSON.stringify(context)
    })
    const data = { report_id: id, reporter_id: reporterId, reported_id: reportedId, reason }
    await recordEvent(trx, UserReported, { subject: reportedId, data })
    afterCommit(trx, () => people.moderation.countReport(reason))
  })
  return id
}
