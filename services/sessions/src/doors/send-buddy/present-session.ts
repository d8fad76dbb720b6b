import {
  type CreatedSession,
  type Message,
  presentSessionMessage,
  type SessionDetail,
  type SessionListItem,
  type SessionMoved
} from '@belay/contracts'
import type { Static } from 'typebox'
import type { NewestMessages } from '#src/sessions/conversations.ts'
import type { ListedSession } from '#src/sessions/list-sessions.ts'
import type { MovedSession } from '#src/sessions/move-session.ts'
import type { SessionView } from '#src/sessions/session-views.repository.ts'

/** A session that was just created and has no messages yet. */
export function presentCreated(session: SessionView): Static<typeof CreatedSession> {
  return { ...presentSession(session, null), ...presentPeople(session), messages: [] }
}

export function presentListItem({ session, conversation }: ListedSession): Static<typeof SessionListItem> {
  const last = conversation?.last_message ?? null
  return {
    ...presentSession(session, conversation?.last_message_at ?? null),
    ...presentPeople(session),
    unread_count: conversation?.unread_count ?? 0,
    last_message: last && presentLastMessage(last)
  }
}

export function presentDetail(session: SessionView, newest: NewestMessages): Static<typeof SessionDetail> {
  const { inviter, invitee } = presentPeople(session)
  return {
    ...presentSession(session, newest.last_message_at),
    inviter: { ...inviter, bio: session.inviter_bio },
    invitee: { ...invitee, bio: session.invitee_bio },
    messages: newest.messages.map(presentSessionMessage),
    epoch: newest.epoch
  }
}

const moveMessages = {
  accepted: 'Invitation accepted',
  declined: 'Invitation declined',
  cancelled: 'Session cancelled',
  completed: 'Session marked as completed. Please provide feedback.'
}

/** The response to a move of the state machine. */
export function presentMoved({ id, status }: MovedSession): Static<typeof SessionMoved> {
  return { id, status, message: moveMessages[status] }
}

function presentSession(session: SessionView, lastMessageAt: string | null) {
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
    // In the Send Buddy API a message updates its session. Both are UTC texts of the same length, so they can be compared.
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
