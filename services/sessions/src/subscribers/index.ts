import { userBlocked } from './user-blocked.ts'
import { userDeleted } from './user-deleted.ts'
import { userRegistered } from './user-registered.ts'
import { userUnblocked } from './user-unblocked.ts'
import { userUpdated } from './user-updated.ts'

/** Every event that this service reacts to. Listed by hand: a consumer that is silently missing loses data. */
export const subscribers = [userRegistered, userUpdated, userDeleted, userBlocked, userUnblocked]
