import { AccountDisabled, type AppErrorConstructor, type Limit, RateLimited } from '@belay/kit'
import { ChatBusy, HostOnly } from '#src/errors.ts'
import type { AppendOutcome } from '#src/messages/append-messages.ts'
import type { ThreadRefusal } from '#src/threads/view-thread.ts'

/** Why a message was not taken, or a thread not shown. */
export type Refusal = Extract<AppendOutcome, { ok: false }> | ThreadRefusal

/** Returns the error of a refusal; `limit` is the one that its rate limit headers describe. */
export type ToError = (refusal: Refusal, limit?: Limit | null) => Error

/** The errors that each front door has of its own. */
interface DoorErrors {
  threadNotFound: AppErrorConstructor
  notAMember: AppErrorConstructor
  locked: (detail: string) => Error
}

/** Maps refusals to the errors of one front door. */
export const refusalErrors =
  (door: DoorErrors): ToError =>
  (refusal, limit) => {
    switch (refusal.reason) {
      case 'thread_not_found':
        return new door.threadNotFound()
      case 'not_a_member':
        return new door.notAMember()
      case 'thread_locked':
        return door.locked(refusal.detail)
      case 'host_only':
        return new HostOnly()
      case 'rate_limited':
        return new RateLimited(refusal.detail, refusal.retry_after_seconds ?? 1, limit ?? undefined)
      case 'account_disabled':
        return new AccountDisabled()
      case 'unavailable':
        return new ChatBusy()
    }
  }
