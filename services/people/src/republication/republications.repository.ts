import type { Transaction } from 'kysely'
import type { PeopleDatabase, RepublicationRow } from '#src/schema.ts'

/** Returns what is still to be published once more, accounts first; locked, so that one replica does it at a time. */
export async function lockRepublications(trx: Transaction<PeopleDatabase>): Promise<RepublicationRow[]> {
  return trx.selectFrom('republications').selectAll().orderBy('kind').forUpdate().execute()
}

/** Notes that everything up to this id is done; null: everything is. */
export async function moveRepublication(
  trx: Transaction<PeopleDatabase>,
  kind: RepublicationRow['kind'],
  afterId: string | null
): Promise<void> {
  if (afterId === null) await trx.deleteFrom('republications').where('kind', '=', kind).execute()
  else await trx.updateTable('republications').set({ after_id: afterId }).where('kind', '=', kind).execute()
}
