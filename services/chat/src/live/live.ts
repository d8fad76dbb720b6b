import type { Bus } from '@belay/bus'
import { liveSubjects, type LogStamp, type ThreadSignal } from '@belay/contracts'
import type { Written } from '#src/messages/written.ts'

/** Tells open sockets what just happened in a thread; at most once, after the commit. */
export interface Live {
  messages(threadId: string, written: Written): void
  session(session: Omit<Extract<ThreadSignal, { kind: 'session' }>, 'kind'>): void
  /** Before anything else is said there. `stamp` is of the log after the removal. */
  memberLeft(threadId: string, userId: string, stamp: LogStamp): void
  read(threadId: string, mark: { user_id: string; last_read_seq: number }): void
}

/** Live signals over the bus. */
export function createLive(bus: Bus): Live {
  const tell = (threadId: string, signal: ThreadSignal) => bus.publishLive(liveSubjects.thread(threadId), signal)
  return {
    messages: (threadId, { messages, stamp }) => {
      if (messages.length > 0) tell(threadId, { kind: 'messages', messages, stamp })
    },
    memberLeft: (threadId, userId, stamp) => tell(threadId, { kind: 'member_left', user_id: userId, stamp }),
    session: ({ session_id, status, updated_at }) =>
      tell(session_id, { kind: 'session', session_id, status, updated_at }),
    read: (threadId, mark) => tell(threadId, { kind: 'read', ...mark })
  }
}
