import type { LogSignal } from '@belay/contracts'
import type { ThreadState } from '#src/threads/threads.repository.ts'

/** What a change adds to a thread's log. */
export interface Words {
  /** `{name}` in it stands for the person of `about`. */
  body: string
  about?: string
  /** The person who wrote it, the id it was given, and when (now by default); left out, it is a system message. */
  from?: { userId: string; messageId: string; sentAt?: Date }
}

export interface Member {
  userId: string
  role: 'host' | 'guest'
}

/** What one change of a plan means for one thread. What has no effect any more is skipped with its words. */
export type ThreadChange =
  /** Makes the thread, or moves it to a newer state of its plan. The words are said if it is new. */
  | { kind: 'open'; thread: ThreadState; members: Member[]; words?: Words[]; signal?: SessionSignal }
  /** Allows writing in a closed thread of two people again. That it opened, also for the first time, is signalled to them. */
  | { kind: 'reopen'; threadId: string; status: string; userIds: readonly [string, string] }
  /**
   * Lets a guest into a thread that is not closed. They see its history, and none of it is unread. `isBack`: returns one of
   * two people to their thread, also a closed one, where what they had not read is still unread.
   */
  | { kind: 'admit'; threadId: string; userId: string; words: Words[]; isBack?: boolean }
  | { kind: 'remove'; threadId: string; userId: string; words: Words[] }
  /** Leaves writing in a thread that is not closed to one person; null: to all its members. */
  | { kind: 'restrict'; threadId: string; onlySenderId: string | null; status: string }
  /** Ends writing in a thread, after the last words. */
  | { kind: 'close'; threadId: string; reason: string; words?: Words[] }
  /** Ends writing in every thread of a gathering, also in those that are opened later. */
  | { kind: 'close'; gatheringId: string; reason: string }
  /** Adds to a thread that is not closed. */
  | { kind: 'say'; threadId: string; words: Words[] }

export type SessionSignal = Omit<Extract<LogSignal, { kind: 'session' }>, 'kind'>
