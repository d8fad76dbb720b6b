import type { ChangeEventBody, EventBody } from '@belay/contracts'
import type { Static } from 'typebox'
import type { GatheringFields } from '#src/gatherings/gathering-fields.ts'
import { parseInstant } from '#src/doors/parse-instant.ts'

/** Returns the fields of a new event; optional ones that were left out are null. Throws InvalidInput. */
export function toFields(body: Static<typeof EventBody>): GatheringFields {
  return {
    title: body.title,
    description: body.description ?? null,
    starts_at: parseInstant(body.starts_at, 'starts_at'),
    capacity: body.capacity,
    activity_type: body.activity_type ?? null,
    location: body.location ?? null,
    address: body.address ?? null,
    auto_accept: body.auto_accept
  }
}

const plainFields = [
  'title',
  'description',
  'capacity',
  'activity_type',
  'location',
  'address',
  'auto_accept'
] as const satisfies readonly (keyof Static<typeof ChangeEventBody> & keyof GatheringFields)[]

/** Returns the fields that a change names. Throws InvalidInput. */
export function toChangedFields(body: Static<typeof ChangeEventBody>): Partial<GatheringFields> {
  const sent = plainFields.filter((field) => body[field] !== undefined)
  const fields: Partial<GatheringFields> = Object.fromEntries(sent.map((field) => [field, body[field]]))
  return body.starts_at === undefined ? fields : { ...fields, starts_at: parseInstant(body.starts_at, 'starts_at') }
}
