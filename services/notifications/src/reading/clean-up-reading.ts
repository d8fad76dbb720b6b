import type { Kysely } from 'kysely'
import type { NotificationsDatabase } from '#src/schema.ts'
import { deleteOldReadMarks } from './read-marks.repository.ts'
import { deleteOldResolutions } from './resolutions.repository.ts'

const limit = 1_000
/** As long as the inbox remembers events: no notification can come of an older one. */
const olderThanDays = 14

/** Deletes read marks and answers that no further notification can need, in small statements. */
export async function cleanUpReading(db: Kysely<NotificationsDatabase>): Promise<void> {
  for (const deleteOld of [deleteOldReadMarks, deleteOldResolutions]) {
    while ((await deleteOld(db, { olderThanDays, limit })) === limit);
  }
}
