import * as buddySessions from './buddy-sessions.ts'
import * as chat from './chat.ts'
import type { EventDefinition } from './define-event.ts'
import * as gatherings from './gatherings.ts'
import * as notifications from './notifications.ts'
import * as people from './people.ts'
import * as sessions from './sessions.ts'

export * from './buddy-sessions.ts'
export * from './chat.ts'
export * from './define-event.ts'
export * from './gatherings.ts'
export * from './notifications.ts'
export * from './people.ts'
export * from './sessions.ts'

/** Every event that Belay publishes to its stream. */
export const eventCatalogue: readonly EventDefinition[] = [
  ...Object.values(people),
  ...Object.values(sessions),
  ...Object.values(buddySessions),
  ...Object.values(gatherings),
  ...Object.values(chat),
  ...Object.values(notifications)
]
