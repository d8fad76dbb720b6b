import { type AppErrorConstructor, type Limit, RateLimited } from '@belay/kit'
import { AccountDisabled, ChatBusy, HostOnly } from '#src/errors.ts'
import type { AppendOutcome } from './append-messages.ts'

type Refused = Extract<AppendOutcome, { ok: false }>

/** What each front door says in its own words. */
export interface DoorErrors {
  threadNotFound: AppErrorConstructor
  notAMember: AppErrorConstructor
  locked: (detail: string) => Error
}

/** The error of a message that was not taken. */
export function refusalError(refused: Refused, limit: Limit | null, door: DoorErrors): Error {
  switch (refused.reason) {
    case 'thread_not_found':
      return new door.threadNotFound()
    case 'not_a_member':
      return new door.notAMember()
    case 'thread_locked':
      return door.locked(refused.detail)
    case 'host_only':
      return new HostOnly()
    case 'rate_limited':
      return new RateLimited(refused.detail, refused.retry_after_seconds ?? 1, limit ?? undefined)
    case 'account_disabled':
      return new AccountDisabled()
    case 'unavailable':
      return new ChatBusy()
  }
}
