import { knownUser, lockUsersExclusively } from '@belay/people-projection'
import type { Transaction } from 'kysely'
import type { NotificationsDatabase } from '#src/schema.ts'
import { deleteUnseenUpTo } from '#src/unseen/unseen.repository.ts'
import { type ReadMark, updateReadByMarks, upsertReadMarks } from './read-marks.repository.ts'

/**
 * Marks the message notifications of read threads as read, also those whose messages arrive later than the mark. The
 * highest mark counts, in whichever order they arrive. Throws UnknownUser: the marks are retried.
 */
export async function readThreads(
  trx: Transaction<NotificationsDatabase>,
  marks: readonly ReadMark[],
  now: Date
): Promise<void> {
  const furthest = furthestOf(marks)
  if (furthest.length === 0) return
  // Before people are locked, in the order in which the decision about what is due locks them.
  await deleteUnseenUpTo(trx, furthest)
  const users = await lockUsersExclusively(
    trx,
    furthest.map((mark) => mark.userId)
  )
  for (const { userId } of furthest) knownUser(users, userId)
  await upsertReadMarks(trx, furthest)
  await updateReadByMarks(trx, furthest, now)
}

function furthestOf(marks: readonly ReadMark[]): ReadMark[] {
  const byThread = [...Map.groupBy(marks, (mark) => mark.threadId).values()]
  return byThread.flatMap((ofThread) =>
    [...Map.groupBy(ofThread, (mark) => mark.userId).values()].flatMap((own) =>
      own.toSorted((one, other) => other.seq - one.seq).slice(0, 1)
    )
  )
}
