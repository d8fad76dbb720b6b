import type { Bus } from '@belay/bus'
import type { Store } from '@belay/events'
import type { Limit } from '@belay/kit'
import { createChatClient } from './clients/chat.ts'
import { findEmail } from './clients/people.ts'
import type { SessionsDatabase } from './schema.ts'
import type { Conversations } from './sessions/conversations.ts'

/** What routes of this service work with. */
export interface Sessions {
  store: Store<SessionsDatabase>
  conversations: Conversations
  /** A person's own email address; null if there is none, or while it cannot be read. */
  findEmail(userId: string): Promise<string | null>
  /** Invitations per person; null when limits are off. */
  invitationLimit: Limit | null
}

/** Creates the context. */
export function createSessions({
  bus,
  ...parts
}: Omit<Sessions, 'conversations' | 'findEmail'> & { bus: Bus }): Sessions {
  return { ...parts, conversations: createChatClient(bus), findEmail: (userId) => findEmail(bus, userId) }
}
