import type { ReportedMessage } from '@belay/contracts'
import { isUnavailable } from '@belay/kit'
import type { People } from '#src/context.ts'
import { listReportsWithoutContext, updateContext } from './reports.repository.ts'

const messagesMax = 20
const reportsAtOnce = 20

/**
 * Returns the last messages of the reported person to the reporter before the report, oldest first; null while chat does
 * not answer.
 */
export async function readContext(
  people: People,
  report: { reporter_id: string; reported_id: string; created_at: Date }
): Promise<ReportedMessage[] | null> {
  const { reported_id: senderId, reporter_id: receiverId, created_at: until } = report
  try {
    const messages = await people.chat.listMessagesBetween({ senderId, receiverId, until, limit: messagesMax })
    return messages
      .filter(({ created_at }) => new Date(created_at) <= until)
      .map(({ id, body, message_type = 'text', created_at }) => ({ id, content: body, message_type, created_at }))
  } catch (error) {
    people.store.log[isUnavailable(error) ? 'debug' : 'error']({ err: error }, 'chat did not answer about a report')
    return null
  }
}

/** Adds to reports what chat did not answer when they were made. */
export async function addContexts(people: People): Promise<void> {
  for (const report of await listReportsWithoutContext(people.store.db, reportsAtOnce)) {
    const context = await readContext(people, report)
    if (context !== null) await people.store.transaction((trx) => updateContext(trx, report.id, context))
  }
}
