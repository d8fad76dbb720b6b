import type { Bus } from '@belay/bus'
import { type ContactSignal, liveSubjects, type LogSignal, type LogStamp, type ThreadSignal } from '@belay/contracts'
import type { SendCounts } from '#src/messages/send-counts.ts'
import type { Written } from '#src/messages/written.ts'
import { signalsOf } from './message-signals.ts'

/** Publishes live signals for the open sockets of a thread: at most once, after the commit. */
export interface Live {
  messages(threadId: string, written: Written): void
  /** The new messages of one commit, by thread. */
  commit(written: ReadonlyMap<string, Written>): void
  session(session: Omit<Extract<LogSignal, { kind: 'session' }>, 'kind'>): void
  /** Called before any later message of the thread is published. `stamp` is that of the log after the removal. */
  memberLeft(threadId: string, userId: string, stamp: LogStamp): void
  read(threadId: string, mark: Omit<Extract<ThreadSignal, { kind: 'read' }>, 'kind'>): void
  /** A conversation opened to its two people, also again. Its messages after `afterSeq` are new. */
  conversationOpened(conversationId: string, userIds: readonly [string, string], afterSeq: number): void
  conversationClosed(conversationId: string, userIds: readonly [string, string]): void
}

/** Creates live signals over the bus, and counts the messages that it publishes. */
export function createLive(bus: Bus, counts: SendCounts): Live {
  const log = (signal: LogSignal) => bus.publishLive(liveSubjects.log, signal)
  const thread = (threadId: string, signal: ThreadSignal) => bus.publishLive(liveSubjects.thread(threadId), signal)
  const contact = (userId: string, signal: ContactSignal) => bus.publishLive(liveSubjects.contact(userId), signal)
  const commit = (written: ReadonlyMap<string, Written>) => {
    for (const { messages } of written.values()) counts.stored(messages)
    signalsOf(written).forEach(log)
  }
  return {
    messages: (threadId, written) => commit(new Map([[threadId, written]])),
    commit,
    memberLeft: (thread_id, user_id, stamp) => log({ kind: 'member_left', thread_id, user_id, stamp }),
    session: ({ session_id, status, updated_at }) => log({ kind: 'session', session_id, status, updated_at }),
    read: (threadId, mark) => thread(threadId, { kind: 'read', ...mark }),
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
