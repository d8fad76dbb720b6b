import type { Bus } from '@belay/bus'
import { liveSubjects, type Message, type ThreadSignal } from '@belay/contracts'

/** Tells open sockets what just happened in a thread; at most once, after the commit. */
export interface Live {
  messages(threadId: string, messages: Message[]): void
  session(session: Omit<Extract<ThreadSignal, { kind: 'session' }>, 'kind'>): void
  /** Before anything else is said there: whoever left hears nothing of it. */
  memberLeft(threadId: string, userId: string): void
  read(threadId: string, mark: { user_id: string; last_read_seq: number }): void
}

/** Live signals over the bus. */
export function createLive(bus: Bus): Live {
  const tell = (threadId: string, signal: ThreadSignal) => bus.publishLive(liveSubjects.thread(threadId), signal)
  return {
    messages: (threadId, messages) => {
      if (messages.length > 0) tell(threadId, { kind: 'messages', messages })
    },
    memberLeft: (threadId, userId) => tell(threadId, { kind: 'member_left', user_id: userId }),
    session: ({ session_id, status, updated_at }) =>
      tell(session_id, { kind: 'session', session_id, status, updated_at }),
    read: (threadId, mark) => tell(threadId, { kind: 'read', ...mark })
  }
}
