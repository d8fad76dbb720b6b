import type { Destination, DestinationOrSlug } from '@belay/contracts'
import type { Static } from 'typebox'
import type { Kysely } from 'kysely'
import type { SessionsDatabase } from '#src/schema.ts'
import { findDestinationName } from './trips.repository.ts'

/**
 * The destination with a name. A slug alone gets the name that the person's newest trip there has, or one made of the slug:
 * `red-river-gorge` is Red River Gorge.
 */
export async function resolveDestination(
  db: Kysely<SessionsDatabase>,
  ownerId: string,
  destination: Static<typeof DestinationOrSlug>
): Promise<Static<typeof Destination>> {
  if (typeof destination !== 'string') return destination
  return { slug: destination, name: (await findDestinationName(db, ownerId, destination)) ?? titleOf(destination) }
}

function titleOf(slug: string): string {
  const words = slug.split(/[-_\s]+/).filter((word) => word !== '')
  const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(' ')
  return name === '' ? slug : name
}
