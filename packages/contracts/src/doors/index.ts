import { type Door, doorFinder } from './door.ts'
import { identity, identityApi } from './identity/door.ts'
import { sendBuddy } from './send-buddy/door.ts'
import { shua } from './shua/door.ts'
import { vibesMatch } from './vibesmatch/door.ts'
import { wingman } from './wingman/door.ts'

export * from './confirmation.ts'
export * from './door.ts'
export * from './identity/http.ts'
export * from './identity/reports.ts'
export * from './page.ts'
export * from './send-buddy/frames.ts'
export * from './send-buddy/http.ts'
export * from './send-buddy/notifications.ts'
export * from './send-buddy/present-message.ts'
export * from './shua/frames.ts'
export * from './shua/http.ts'
export * from './sockets.ts'
export * from './vibesmatch/frames.ts'
export * from './vibesmatch/http.ts'
export * from './wingman/http.ts'

/** Every front door. */
export const doors: readonly Door[] = [identity, identityApi, sendBuddy, shua, vibesMatch, wingman]

/** The front door that a path belongs to. Paths that no door claims get the responses of the oldest one. */
export const doorOf = doorFinder(doors, sendBuddy)
