import type { Event } from '@belay/contracts'
import type { Static } from 'typebox'
import type { GatheringView } from '#src/gatherings/gathering-views.repository.ts'

/** A gathering as the Shua API shows it. */
export function presentEvent(event: GatheringView): Static<typeof Event> {
  return {
    id: event.id,
    title: event.title,
    description: event.description,
    starts_at: event.starts_at.toISOString(),
    location: event.location,
    address: event.address,
    activity_type: event.activity_type,
    capacity: event.capacity,
    booked: event.booked,
    auto_accept: event.auto_accept,
    status: event.status,
    created_by: event.host_id,
    creator_name: event.host_name,
    created_at: event.created_at.toISOString(),
    tags: event.tags
  }
}
