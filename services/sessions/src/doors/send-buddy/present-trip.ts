import type { Trip } from '@belay/contracts'
import type { Static } from 'typebox'
import type { TripRow } from '#src/schema.ts'

export function presentTrip(row: TripRow): Static<typeof Trip> {
  return {
    id: row.id,
    destination: { slug: row.destination_slug, name: row.destination_name },
    start_date: row.start_date,
    end_date: row.end_date
  }
}
