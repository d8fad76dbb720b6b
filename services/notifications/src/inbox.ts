import type { Bus } from '@belay/bus'
import type { Store } from '@belay/events'
import type { Runtime } from '@belay/kit'
import type { Presence } from './presence/presence.ts'
import type { NotificationsDatabase } from './schema.ts'

/** What routes and subscribers of this service work with. */
export interface Inbox {
  store: Store<NotificationsDatabase>
  runtime: Runtime
  bus: Bus
  presence: Presence
  /** How long a message may stay unread by somebody who seemed to see it arrive, in milliseconds. */
  unreadNotifyAfterMs: number
}
