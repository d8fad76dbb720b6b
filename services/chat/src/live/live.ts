import type { Bus } from '@belay/bus'
import { type ContactSignal, liveSubjects, type LogStamp, type ThreadSignal } from '@belay/contracts'
import type { SendCounts } from '#src/messages/send-counts.ts'
import type { Written } from '#src/messages/written.ts'

/** Publishes live signals for the open sockets of a thread: at most once, after the commit. */
export interface Live {
  messages(threadId: string, written: Written): void
  session(session: Omit<Extract<ThreadSignal, { kind: 'session' }>, 'kind'>): void
  /** Called before any later message of the thread is published. `stamp` is that of the log after the removal. */
  memberLeft(threadId: string, userId: string, stamp: LogStamp): void
  read(threadId: string, mark: Omit<Extract<ThreadSignal, { kind: 'read' }>, 'kind'>): void
  /** A conversation opened to its two people, also again. Its messages after `afterSeq` are new. */
  conversationOpened(conversationId: string, userIds: readonly [string, string], afterSeq: number): void
  conversationClosed(conversationId: string, userIds: readonly [string, string]): void
}

/** Creates live signals over the bus, and counts the messages that it publishes. */
export function createLive(bus: Bus, counts: SendCounts): Live {
  const publish = (threadId: string, signal: ThreadSignal) => bus.publishLive(liveSubjects.thread(threadId), signal)
  const contact = (userId: string, signal: ContactSignal) => bus.publishLive(liveSubjects.contact(userId), signal)
  return {
    messages: (threadId, { messages, stamp }) => {
      counts.stored(messages)
      if (messages.length > 0) publish(threadId, { kind: 'messages', messages, stamp })
    },
    memberLeft: (threadId, userId, stamp) => publish(threadId, { kind: 'member_left', user_id: userId, stamp }),
    session: ({ session_id, status, updated_at }) =>
      publish(session_id, { kind: 'session', session_id, status, updated_at }),
    read: (threadId, mark) => publish(threadId, { kind: 'read', ...mark }),
    conversationOpened: (conversation_id, [one, other], after_seq) => {
      const kind = 'conversation_opened'
      contact(one, { kind, conversation_id, peer_id: other, after_seq })
      contact(other, { kind, conversation_id, peer_id: one, after_seq })
    },
    conversationClosed: (conversation_id, userIds) => {
      for (const userId of userIds) contact(userId, { kind: 'conversation_closed', conversation_id })
    }
  }
}
