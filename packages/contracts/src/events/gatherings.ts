import { Type } from 'typebox'
import { GatheringStatus } from '../gatherings.ts'
import { Id, Nullable, Timestamp } from '../text.ts'
import { defineEvent } from './define-event.ts'

/** The chat uses it to decide who may read and write; notifications only inform. */
const effects = { appliedBy: ['chat'], informs: ['notifications'] } as const

/** A gathering after the change; `version` grows with every change, and only a higher one is applied. */
const EventState = {
  event_id: Id,
  /** The thread of the group, fixed when the event is created; the thread itself opens with the first accepted request. */
  thread_id: Id,
  host_id: Id,
  title: Type.String(),
  starts_at: Timestamp,
  version: Type.Integer({ minimum: 1 }),
  description: Type.Optional(Nullable(Type.String())),
  location: Type.Optional(Nullable(Type.String())),
  address: Type.Optional(Nullable(Type.String())),
  activity_type: Type.Optional(Nullable(Type.String())),
  capacity: Type.Optional(Type.Integer()),
  status: Type.Optional(GatheringStatus),
  tags: Type.Optional(
    Type.Array(
      Type.Object({
        id: Id,
        name: Type.String(),
        color: Nullable(Type.String()),
        description: Nullable(Type.String())
      })
    )
  )
}

export const EventCreated = defineEvent({
  source: 'sessions',
  entity: 'event',
  verb: 'created',
  version: 1,
  description: 'A host created an event that others can ask to join.',
  data: Type.Object(EventState)
})

export const EventUpdated = defineEvent({
  source: 'sessions',
  entity: 'event',
  verb: 'updated',
  version: 1,
  description: 'The host changed an event; its guests and its group are notified of a new time or place.',
  data: Type.Object({
    ...EventState,
    /** Whether the time or the place changed. */
    moved: Type.Optional(Type.Boolean()),
    /** If the event moved: the people with a booking or an open request, those with a booking first. */
    guest_ids: Type.Optional(Type.Array(Id, { maxItems: 10_000 }))
  }),
  informs: ['chat']
})

export const EventCancelled = defineEvent({
  source: 'sessions',
  entity: 'event',
  verb: 'cancelled',
  version: 1,
  description: 'The event will not take place; its group is locked and its guests are notified.',
  data: Type.Object({
    ...EventState,
    /** The people with a live request; they are notified. */
    guest_ids: Type.Array(Id, { maxItems: 10_000 }),
    cause: Type.Union([Type.Literal('host'), Type.Literal('account_deleted')])
  }),
  ...effects
})

export const TagDeleted = defineEvent({
  source: 'sessions',
  entity: 'tag',
  verb: 'deleted',
  version: 1,
  description: 'A tag was deleted and removed from every event that had it.',
  data: Type.Object({ tag_id: Id }),
  informs: ['chat']
})

/** A guest's request after the change; `version` grows with every change of the request. */
const RequestState = {
  request_id: Id,
  event_id: Id,
  event_title: Type.String(),
  /** The thread of the event's group. */
  thread_id: Id,
  host_id: Id,
  guest_id: Id,
  version: Type.Integer({ minimum: 1 }),
  created_at: Type.Optional(Timestamp),
  /** The current event; present when the request is submitted and when it is accepted. */
  event: Type.Optional(Type.Object(EventState))
}

export const RequestSubmitted = defineEvent({
  source: 'sessions',
  entity: 'request',
  verb: 'submitted',
  version: 1,
  description: 'A guest asked to join an event.',
  data: Type.Object(RequestState),
  ...effects
})

export const RequestAccepted = defineEvent({
  source: 'sessions',
  entity: 'request',
  verb: 'accepted',
  version: 1,
  description: 'A guest has a booking and is in the group, which opens with the first one.',
  data: Type.Object({ ...RequestState, booking_id: Id, automatic: Type.Boolean() }),
  ...effects
})

export const RequestDeclined = defineEvent({
  source: 'sessions',
  entity: 'request',
  verb: 'declined',
  version: 1,
  description: 'The host declined; a thread that belonged to the request is locked.',
  data: Type.Object(RequestState),
  ...effects
})

export const RequestWithdrawn = defineEvent({
  source: 'sessions',
  entity: 'request',
  verb: 'withdrawn',
  version: 1,
  description: 'The guest (or an erased account) withdrew; a guest with a booking leaves the group.',
  data: Type.Object({ ...RequestState, booking_id: Nullable(Id) }),
  appliedBy: ['chat']
})
