import {
  type CreatedSession,
  type Message,
  presentSessionMessage,
  type SessionDetail,
  type SessionListItem
} from '@belay/contracts'
import type { Static } from 'typebox'
import type { NewestMessages } from './conversations.ts'
import type { ListedSession } from './list-sessions.ts'
import type { SessionView } from './session-views.repository.ts'

/** A session just made: it has no messages yet. */
export function presentCreated(session: SessionView): Static<typeof CreatedSession> {
  return { ...presentPlan(session, null), ...presentPeople(session), messages: [] }
}

export function presentListItem({ session, conversation }: ListedSession): Static<typeof SessionListItem> {
  const last = conversation?.last_message ?? null
  return {
    ...presentPlan(session, conversation?.last_message_at ?? null),
    ...presentPeople(session),
    unread_count: conversation?.unread_count ?? 0,
    last_message: last && presentLastMessage(last)
  }
}

export function presentDetail(session: SessionView, newest: NewestMessages): Static<typeof SessionDetail> {
  const { inviter, invitee } = presentPeople(session)
  return {
    ...presentPlan(session, newest.last_message_at),
    inviter: { ...inviter, bio: session.inviter_bio },
    invitee: { ...invitee, bio: session.invitee_bio },
    messages: newest.messages.map(presentSessionMessage),
    epoch: newest.epoch
  }
}

function presentPlan(session: SessionView, lastMessageAt: string | null) {
  const changedAt = session.updated_at.toISOString()
  return {
    id: session.id,
    trip: {
      id: session.trip_id,
      destination: { slug: session.destination_slug, name: session.destination_name },
      start_date: session.start_date,
      end_date: session.end_date
    },
    proposed_date: session.proposed_date,
    time_block: session.time_block,
    crag: session.crag,
    goal: session.goal,
    status: session.status,
    created_at: session.created_at.toISOString(),
    // In the Send Buddy API a message updates its session; both texts are UTC of one length, so they compare.
    updated_at: lastMessageAt !== null && lastMessageAt > changedAt ? lastMessageAt : changedAt,
    last_message_at: lastMessageAt
  }
}

function presentPeople(session: SessionView) {
  return {
    inviter: { id: session.inviter_id, display_name: session.inviter_name, avatar: session.inviter_avatar },
    invitee: { id: session.invitee_id, display_name: session.invitee_name, avatar: session.invitee_avatar }
  }
}

function presentLastMessage(message: Message) {
  const { id, sender, body, created_at } = presentSessionMessage(message)
  return { id, sender, body, created_at }
}
