import { type TSchema, Type } from 'typebox'
import type { EventDefinition } from '../events/define-event.ts'
import { Id, Timestamp } from '../text.ts'

/** An event that is published to core NATS alone: no stream keeps it. */
export type UnkeptEvent<Data extends TSchema = TSchema> = Pick<
  EventDefinition<Data>,
  'subject' | 'type' | 'data' | 'description'
>

function defineUnkept<Data extends TSchema>(event: {
  verb: string
  description: string
  data: Data
}): UnkeptEvent<Data> {
  const name = `realtime.user.${event.verb}.v1`
  const { description, data } = event
  return Object.freeze({ subject: `belay.evt.${name}`, type: `belay.${name}`, description, data })
}

export const UserOnline = defineUnkept({
  verb: 'online',
  description: 'A person opened their first connection of any kind. Published once and kept by no stream.',
  data: Type.Object({ user_id: Id })
})

export const UserOffline = defineUnkept({
  verb: 'offline',
  description: 'A person has had no connection for at least 5 s. Published once and kept by no stream.',
  data: Type.Object({ user_id: Id, last_active: Timestamp })
})

/** The events that no stream keeps. */
export const unkeptEvents: readonly UnkeptEvent[] = [UserOnline, UserOffline]
