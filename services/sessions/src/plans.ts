import type { Store } from '@belay/events'
import type { Limit } from '@belay/kit'
import type { SessionsDatabase } from '#src/schema.ts'
import type { Conversations } from '#src/sessions/conversations.ts'

/** What the routes of this service work with. */
export interface Plans {
  store: Store<SessionsDatabase>
  conversations: Conversations
  /** Invitations per person; null when limits are off. */
  invitationLimit: Limit | null
}

declare module 'fastify' {
  interface FastifyInstance {
    plans: Plans
  }
}
