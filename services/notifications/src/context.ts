import type { Bus } from '@belay/bus'
import type { Store } from '@belay/events'
import type { Runtime } from '@belay/kit'
import type { Logger } from 'pino'
import { followPresence, type Presence } from './presence/presence.ts'
import type { NotificationsDatabase } from './schema.ts'
import { DeadPlaces } from './unseen/dead-places.ts'

/** What routes and subscribers of this service work with. */
export interface Notifications {
  store: Store<NotificationsDatabase>
  runtime: Runtime
  bus: Bus
  presence: Presence
  /** Places whose connection turned out to be dead, for the next look at unseen messages. */
  deadPlaces: DeadPlaces
  /** How long a message may stay unread by a person with a live socket in its thread, in milliseconds. */
  unreadNotifyAfterMs: number
}

/** Creates the context, which follows presence until `presence.close()`. */
export function createNotifications({
  logger,
  ...parts
}: Omit<Notifications, 'presence' | 'deadPlaces'> & { logger: Logger }): Notifications {
  const deadPlaces = new DeadPlaces()
  const { bus, runtime } = parts
  const onDead = deadPlaces.add.bind(deadPlaces)
  const presence = followPresence({ bus, clock: runtime.clock, log: logger, onDead })
  return { ...parts, presence, deadPlaces }
}
