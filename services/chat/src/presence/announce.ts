import type { Bus } from '@belay/bus'
import {
  type ContactSignal,
  type EventEnvelope,
  liveSubjects,
  type UnkeptEvent,
  UserOffline,
  UserOnline
} from '@belay/contracts'
import type { Kysely } from 'kysely'
import type { Static, TSchema } from 'typebox'
import type { ChatDatabase } from '#src/schema.ts'
import { listActivePeers, type Peer, type Transition } from './presence.repository.ts'

const pageSize = 1_000
const lowestId = '00000000-0000-0000-0000-000000000000'

/** What announcing needs. */
export interface AnnounceParts {
  bus: Pick<Bus, 'publishLive'>
  db: Kysely<ChatDatabase>
  newId: () => string
}

/** Publishes who came online or went offline: to everyone, and to each person with an active conversation with them. */
export async function announce(parts: AnnounceParts, transitions: readonly Transition[]): Promise<void> {
  if (transitions.length === 0) return
  for (const transition of transitions) publishEvent(parts, transition)
  const signals = new Map(transitions.map((one) => [one.user_id, signalOf(one)]))
  for await (const { user_id, peer_id } of peersOf(parts.db, [...signals.keys()])) {
    parts.bus.publishLive(liveSubjects.contact(peer_id), signals.get(user_id))
  }
}

async function* peersOf(db: Kysely<ChatDatabase>, ids: readonly string[]): AsyncGenerator<Peer> {
  let after: Pick<Peer, 'user_id' | 'conversation_id'> = { user_id: lowestId, conversation_id: lowestId }
  for (;;) {
    const page = await listActivePeers(db, ids, { after, limit: pageSize })
    yield* page
    const last = page.at(-1)
    if (last === undefined || page.length < pageSize) return
    after = last
  }
}

function signalOf({ user_id, online, last_active }: Transition): ContactSignal {
  return { kind: 'presence', user_id, online, last_active: last_active.toISOString() }
}

function publishEvent({ bus, newId }: AnnounceParts, { user_id, online, last_active }: Transition): void {
  const head = { id: newId(), subject: user_id, time: last_active.toISOString() }
  if (online) bus.publishLive(UserOnline.subject, envelopeOf(UserOnline, head, { user_id }))
  else bus.publishLive(UserOffline.subject, envelopeOf(UserOffline, head, { user_id, last_active: head.time }))
}

function envelopeOf<Data extends TSchema>(
  { type }: UnkeptEvent<Data>,
  head: Pick<EventEnvelope, 'id' | 'subject' | 'time'>,
  data: Static<Data>
): EventEnvelope<Static<Data>> {
  return {
    specversion: '1.0',
    ...head,
    source: '/belay/realtime',
    type,
    datacontenttype: 'application/json',
    dataschema: `urn:${type.replaceAll('.', ':')}`,
    data
  }
}
