import { type Static, Type } from 'typebox'
import { ClientMsgId, maxMessageLength, MessageKind } from '../../chat.ts'
import { BookingStatus, GatheringStatus, RequestStatus } from '../../gatherings.ts'
import { Cursor, Id, Nullable, Text, Timestamp } from '../../text.ts'

export const Tag = Type.Object(
  { id: Id, name: Type.String(), color: Nullable(Type.String()), description: Nullable(Type.String()) },
  { $id: 'Tag' }
)

/** Tags in the order of their names; `cursor` comes from the `Link` header of the previous page. */
export const ListTagsQuery = Type.Object({
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 100 }),
  cursor: Type.Optional(Cursor)
})

export const CreateTagBody = Type.Object({
  name: Text({ max: 50 }),
  color: Type.Optional(Nullable(Type.String({ pattern: '^#[0-9a-fA-F]{6}$' }))),
  description: Type.Optional(Nullable(Text({ min: 0, max: 200 })))
})

const eventFields = {
  title: Text({ max: 200 }),
  description: Type.Optional(Nullable(Text({ min: 0, max: 2000 }))),
  starts_at: Timestamp,
  activity_type: Type.Optional(Nullable(Text({ min: 0, max: 100 }))),
  location: Type.Optional(Nullable(Text({ min: 0, max: 200 }))),
  address: Type.Optional(Nullable(Text({ min: 0, max: 300 }))),
  tag_ids: Type.Optional(Type.Array(Id, { maxItems: 20, uniqueItems: true }))
}
const capacityBounds = { minimum: 2, maximum: 1000 }

/** The tags to add to an event: one, several, or in both fields at once. */
export const AddTagsBody = Type.Union([
  Type.Object({ tag_id: Id }),
  Type.Object({ tag_ids: Type.Array(Id, { minItems: 1, maxItems: 20, uniqueItems: true }) })
])

/** The fields of an event that its host sets; `capacity` includes the host. */
export const EventBody = Type.Object({
  ...eventFields,
  capacity: Type.Integer({ ...capacityBounds, default: 10 }),
  auto_accept: Type.Boolean({ default: false })
})

/** The fields of an event that its host changes. There are no defaults: omitted fields stay as they are. */
export const ChangeEventBody = Type.Partial(
  Type.Object({ ...eventFields, capacity: Type.Integer(capacityBounds), auto_accept: Type.Boolean() })
)

/** An event as everyone may see it. `booked` counts the host and the accepted guests. */
export const Event = Type.Object(
  {
    id: Id,
    title: Type.String(),
    description: Nullable(Type.String()),
    starts_at: Timestamp,
    location: Nullable(Type.String()),
    address: Nullable(Type.String()),
    activity_type: Nullable(Type.String()),
    capacity: Type.Integer(),
    booked: Type.Integer(),
    auto_accept: Type.Boolean(),
    status: GatheringStatus,
    created_by: Id,
    creator_name: Type.String(),
    created_at: Timestamp,
    tags: Type.Array(Tag)
  },
  { $id: 'Event' }
)

export const ListEventsQuery = Type.Object({
  /** A tag's id or name. Blank means no filter, as does a blank `tag_filter` or `activity`. */
  tag: Type.Optional(Text({ min: 0, max: 100 })),
  /** Part of a tag's name. */
  tag_filter: Type.Optional(Text({ min: 0, max: 100 })),
  activity: Type.Optional(Text({ min: 0, max: 100 })),
  /** Defaults to now. */
  from: Type.Optional(Timestamp),
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 50 }),
  cursor: Type.Optional(Cursor)
})

/** `cursor` comes from the `Link` header of the previous page. */
export const ListRequestsQuery = Type.Object({
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 50 }),
  cursor: Type.Optional(Cursor)
})

/** Events that the caller hosts; `cursor` comes from the `Link` header of the previous page. */
export const ListMyEventsQuery = Type.Object({
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 50 }),
  cursor: Type.Optional(Cursor)
})

export const CreateRequestBody = Type.Object({
  event_id: Id,
  host_id: Id,
  auto_accept: Type.Optional(Type.Boolean({ description: "Ignored: the event's own setting decides" }))
})

/** A guest's wish to join an event. `booking_id` and the `thread_id` of the group are null until it is accepted. */
export const JoinRequest = Type.Object(
  {
    id: Id,
    request_id: Id,
    event_id: Id,
    status: RequestStatus,
    guest_id: Id,
    guest_name: Type.String(),
    host_id: Id,
    host_name: Type.String(),
    booking_id: Nullable(Id),
    thread_id: Nullable(Id),
    created_at: Timestamp
  },
  { $id: 'JoinRequest' }
)

/** The same with the fields of older clients: `user_id` and `user_name` are the guest's. */
export const TitledRequest = Type.Object(
  { ...JoinRequest.properties, user_id: Id, user_name: Type.String(), event_title: Type.String() },
  { $id: 'TitledRequest' }
)

export const ActOnRequestBody = Type.Object({
  action: Type.Union([Type.Literal('accept'), Type.Literal('decline')])
})

export const RequestActedOn = Type.Object(
  {
    request_id: Id,
    status: RequestStatus,
    booking_id: Type.Optional(Id),
    thread_id: Type.Optional(Id)
  },
  { $id: 'RequestActedOn' }
)

export const ThreadScope = Type.Union([Type.Literal('request'), Type.Literal('booking')])

/** A message as threads present it. */
export const ThreadMessage = Type.Object(
  {
    id: Id,
    thread_id: Id,
    sender_id: Nullable(Id),
    kind: MessageKind,
    body: Type.String(),
    created_at: Timestamp,
    seq: Type.Integer(),
    client_msg_id: Nullable(Type.String())
  },
  { $id: 'ThreadMessage' }
)
export type ThreadMessage = Static<typeof ThreadMessage>

export const Participant = Type.Object(
  {
    thread_id: Id,
    user_id: Id,
    user_name: Type.String(),
    role: Type.Union([Type.Literal('host'), Type.Literal('guest')])
  },
  { $id: 'Participant' }
)

/** The part of a thread's event that an inbox shows. */
export const ThreadEvent = Type.Object({
  id: Id,
  title: Type.String(),
  description: Nullable(Type.String()),
  starts_at: Timestamp,
  location: Nullable(Type.String()),
  activity_type: Nullable(Type.String())
})

export const InboxThread = Type.Object(
  {
    id: Id,
    scope: ThreadScope,
    request_id: Nullable(Id),
    booking_id: Nullable(Id),
    event_id: Id,
    is_locked: Type.Boolean(),
    unread_count: Type.Integer(),
    event: Nullable(ThreadEvent),
    last_message: Nullable(
      Type.Object({
        id: Id,
        sender_id: Nullable(Id),
        sender_name: Nullable(Type.String()),
        body: Type.String(),
        created_at: Timestamp,
        kind: MessageKind
      })
    )
  },
  { $id: 'InboxThread' }
)

/** Lists at most 50 participants of each thread; `GET /threads/{id}/participants` returns all of them. */
export const Inbox = Type.Object(
  { threads: Type.Array(InboxThread), participants: Type.Record(Type.String(), Type.Array(Participant)) },
  { $id: 'Inbox' }
)

export const ListThreadsQuery = Type.Object({
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 50 }),
  /** From the `Link` header of the previous page; if set, `offset` is ignored. */
  cursor: Type.Optional(Cursor),
  offset: Type.Integer({ minimum: 0, maximum: 100_000, default: 0 })
})

export const ThreadDetails = Type.Object(
  {
    thread: Type.Object({
      id: Id,
      scope: ThreadScope,
      is_locked: Type.Boolean(),
      event_id: Nullable(Id),
      epoch: Type.String({ description: 'Every `seq` refers to this epoch.' })
    }),
    event: Nullable(
      Type.Object({
        ...ThreadEvent.properties,
        address: Nullable(Type.String()),
        capacity: Type.Integer(),
        created_by: Id,
        creator_name: Type.String(),
        tags: Type.Array(Tag)
      })
    ),
    request: Nullable(
      Type.Object({
        id: Id,
        status: RequestStatus,
        guest_id: Id,
        guest_name: Type.String(),
        host_id: Id,
        host_name: Type.String(),
        created_at: Timestamp
      })
    ),
    booking: Nullable(Type.Object({ id: Id, status: BookingStatus }))
  },
  { $id: 'ThreadDetails' }
)

export const SendThreadMessageBody = Type.Object({
  body: Text({ max: maxMessageLength }),
  client_msg_id: Type.Optional(Nullable(ClientMsgId))
})

export const ListThreadMessagesQuery = Type.Object({
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
  offset: Type.Integer({ minimum: 0, default: 0 })
})

export const MarkThreadReadBody = Type.Object({ last_read_seq: Type.Integer({ minimum: 0 }) })

export const ThreadMarkedRead = Type.Object({ status: Type.Literal('success') })
