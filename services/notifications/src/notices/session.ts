import type { EventEnvelope, EventOf, SessionCancelled, SessionInvited } from '@belay/contracts'
import type { Asked } from '#src/reading/resolutions.repository.ts'
import type { Notice } from './notice.ts'

type Session = EventOf<typeof SessionInvited>['data']
type SessionEvent = EventEnvelope<Session>

export function invited(event: SessionEvent): Notice[] {
  const { inviter_id, invitee_id, session_id } = event.data
  return [{ ...about(event), type: 'session_invited', to: invitee_id, about: inviter_id, asks: [session_id] }]
}

export function accepted(event: SessionEvent): Notice[] {
  const { inviter_id, invitee_id } = event.data
  return [{ ...about(event), type: 'session_accepted', to: inviter_id, about: invitee_id }]
}

export function declined(event: SessionEvent): Notice[] {
  const { inviter_id, invitee_id } = event.data
  return [{ ...about(event), type: 'session_declined', to: inviter_id, about: invitee_id }]
}

/** None for a session that a block cancels: the other person is not to learn of the block. */
export function cancelled(event: EventOf<typeof SessionCancelled>): Notice[] {
  const { actor_id, cause, inviter_id, invitee_id } = event.data
  if (cause === 'block' || actor_id === null) return []
  const to = inviter_id === actor_id ? invitee_id : inviter_id
  const anonymous = cause === 'account_deleted'
  return [{ ...about(event), type: 'session_cancelled', to, about: actor_id, anonymous }]
}

/** Both are asked for feedback, no matter who completed the session. */
export function completed(event: SessionEvent): Notice[] {
  const { inviter_id, invitee_id, session_id } = event.data
  const prompt = { ...about(event), type: 'feedback_requested', asks: [session_id] } as const
  return [
    { ...prompt, to: inviter_id, about: invitee_id },
    { ...prompt, to: invitee_id, about: inviter_id }
  ]
}

/** What the invitee was asked by the invitation. */
export function invitationOf({ data }: SessionEvent): Asked {
  return { userId: data.invitee_id, type: 'session_invited', subjectId: data.session_id }
}

function about({ id, data }: SessionEvent) {
  const { session_id, status, proposed_date, crag } = data
  const day = `on ${proposed_date}`
  return {
    words: { plan: crag === '' ? day : `${day} at ${crag}` },
    url: `/sessions/${session_id}`,
    data: { session_id, status },
    causeEventId: id
  }
}
