import type { EventOf, SessionAccepted, SessionCancelled } from '@belay/contracts'
import type { ThreadChange } from './thread-change.ts'

type Session = EventOf<typeof SessionAccepted>['data'] &
  Partial<Pick<EventOf<typeof SessionCancelled>['data'], 'closing_message'>>

/** A session has one thread, of the same id, from the invitation on; its end closes it, after the closing message. */
export function session({ session_id: id, status, version, updated_at, ...data }: Session): ThreadChange[] {
  const open: ThreadChange = {
    kind: 'open',
    thread: { id, context: 'session', contextId: id, version, status },
    members: [
      { userId: data.inviter_id, role: 'host' },
      { userId: data.invitee_id, role: 'guest' }
    ],
    signal: { session_id: id, status, updated_at }
  }
  if (status === 'pending' || status === 'accepted') return [open]
  const { closing_message: closing, actor_id: userId } = data
  const words = closing && userId ? [{ body: closing.body, from: { userId, messageId: closing.id } }] : []
  return [open, { kind: 'close', threadId: id, reason: status, words }]
}
