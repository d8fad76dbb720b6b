import { FeedbackGiven } from '@belay/contracts'
import { recordEvent, type Store } from '@belay/events'
import { AccountDisabled } from '@belay/kit'
import { lockAccountStatuses } from '@belay/people-projection'
import type { Transaction } from 'kysely'
import { FeedbackAlreadyGiven, FeedbackTooEarly, SessionNotFound, SubjectErased } from '#src/errors.ts'
import type { FeedbackRow, SessionsDatabase } from '#src/schema.ts'
import { findSession } from '#src/sessions/sessions.repository.ts'
import { insertFeedback } from './feedback.repository.ts'

export interface Feedback extends Pick<
  FeedbackRow,
  'safety_rating' | 'communication_rating' | 'overall_rating' | 'notes'
> {
  id: string
  sessionId: string
  authorId: string
  now: Date
}

/**
 * Rates the other person of a completed session, once.
 * Throws SessionNotFound, FeedbackTooEarly, FeedbackAlreadyGiven or SubjectErased.
 */
export async function giveFeedback(store: Store<SessionsDatabase>, input: Feedback): Promise<void> {
  await store.transaction(async (trx) => {
    const row = toRow(input, await findSubject(trx, input))
    if (!(await insertFeedback(trx, row))) throw new FeedbackAlreadyGiven()
    const { id, session_id, author_id, subject_id, safety_rating, communication_rating, overall_rating } = row
    await recordEvent(trx, FeedbackGiven, {
      subject: session_id,
      data: {
        feedback_id: id,
        session_id,
        author_id,
        subject_id,
        safety_rating,
        communication_rating,
        overall_rating
      }
    })
  })
}

async function findSubject(trx: Transaction<SessionsDatabase>, input: Feedback): Promise<string> {
  const session = await findSession(trx, input.sessionId)
  if (!session) throw new SessionNotFound()
  const people = [session.inviter_id, session.invitee_id]
  const subjectId = people.find((id) => id !== input.authorId)
  if (!people.includes(input.authorId) || subjectId === undefined) throw new SessionNotFound()
  if (session.status !== 'completed') throw new FeedbackTooEarly(session.status)
  await checkPeople(trx, input.authorId, subjectId)
  return subjectId
}

async function checkPeople(trx: Transaction<SessionsDatabase>, authorId: string, subjectId: string): Promise<void> {
  const statuses = await lockAccountStatuses(trx, [authorId, subjectId])
  if (statuses.get(authorId) !== 'active') throw new AccountDisabled()
  if (statuses.get(subjectId) === 'erased') throw new SubjectErased()
}

function toRow(input: Feedback, subjectId: string): FeedbackRow {
  return {
    id: input.id,
    session_id: input.sessionId,
    author_id: input.authorId,
    subject_id: subjectId,
    safety_rating: input.safety_rating,
    communication_rating: input.communication_rating,
    overall_rating: input.overall_rating,
    notes: input.notes,
    created_at: input.now
  }
}
