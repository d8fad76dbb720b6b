import type { ChangeEventBody, EventBody } from '@belay/contracts'
import type { Transaction } from 'kysely'
import type { Static } from 'typebox'
import { StartsInThePast, TagNotFound } from '#src/errors.ts'
import type { GatheringRow, SessionsDatabase } from '#src/schema.ts'
import { holdTags } from '#src/tags/tags.repository.ts'
import { parseInstant } from './parse-instant.ts'

/** What a host writes of a gathering. */
export type GatheringFields = Static<typeof EventBody>

/** The columns that a host writes; what is left out is empty. Throws InvalidInput. */
export function toColumns(plan: GatheringFields) {
  return {
    title: plan.title,
    description: plan.description ?? null,
    starts_at: parseInstant(plan.starts_at, 'starts_at'),
    capacity: plan.capacity,
    activity_type: plan.activity_type ?? null,
    location: plan.location ?? null,
    address: plan.address ?? null,
    auto_accept: plan.auto_accept
  } satisfies Partial<GatheringRow>
}

/** What a host changes of a gathering. */
export type GatheringChange = Static<typeof ChangeEventBody>

const plainColumns = [
  'title',
  'description',
  'capacity',
  'activity_type',
  'location',
  'address',
  'auto_accept'
] as const satisfies readonly (keyof GatheringChange & keyof GatheringRow)[]

/** The columns that a change names and no others, whatever else was sent. Throws InvalidInput. */
export function toChangedColumns(change: GatheringChange): Partial<GatheringRow> {
  const sent = plainColumns.filter((column) => change[column] !== undefined)
  const columns: Partial<GatheringRow> = Object.fromEntries(sent.map((column) => [column, change[column]]))
  const { starts_at } = change
  return starts_at === undefined ? columns : { ...columns, starts_at: parseInstant(starts_at, 'starts_at') }
}

/** Throws StartsInThePast or TagNotFound. */
export async function checkPlan(
  trx: Transaction<SessionsDatabase>,
  plan: { startsAt?: Date | undefined; tagIds: readonly string[] },
  now: Date
): Promise<void> {
  if (plan.startsAt !== undefined && plan.startsAt <= now) throw new StartsInThePast()
  if ((await holdTags(trx, plan.tagIds)) < plan.tagIds.length) throw new TagNotFound()
}
