import type { Transaction } from 'kysely'
import { StartsInThePast, TagNotFound } from '#src/errors.ts'
import type { GatheringRow, SessionsDatabase } from '#src/schema.ts'
import { holdTags } from '#src/tags/tags.repository.ts'

/** What a host decides about a gathering, besides its tags. */
export type GatheringFields = Pick<
  GatheringRow,
  'title' | 'description' | 'starts_at' | 'capacity' | 'activity_type' | 'location' | 'address' | 'auto_accept'
>

/** Throws StartsInThePast or TagNotFound. */
export async function checkFields(
  trx: Transaction<SessionsDatabase>,
  fields: { startsAt: Date | undefined; tagIds: readonly string[] },
  now: Date
): Promise<void> {
  if (fields.startsAt !== undefined && fields.startsAt <= now) throw new StartsInThePast()
  if ((await holdTags(trx, fields.tagIds)) < fields.tagIds.length) throw new TagNotFound()
}
