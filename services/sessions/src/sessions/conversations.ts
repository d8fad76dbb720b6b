import type { ListNewestMessages, ListThreadActivity, QuestionOutput, SummariseThreads } from '@belay/contracts'

export type ThreadActivity = QuestionOutput<typeof ListThreadActivity>['threads'][number]
export type ThreadSummary = QuestionOutput<typeof SummariseThreads>['threads'][number]
export type NewestMessages = QuestionOutput<typeof ListNewestMessages>

/** What sessions show of their conversations, which chat owns. A session's thread has the session's id. */
export interface Conversations {
  /** This person's conversations with messages, the latest first, up to 1,000. */
  listActivity(userId: string): Promise<ThreadActivity[]>
  /** Unread counts and last messages of these threads, as this person sees them. */
  summarise(userId: string, threadIds: readonly string[]): Promise<ThreadSummary[]>
  /** The newest 100 messages, oldest first. */
  listNewest(threadId: string): Promise<NewestMessages>
}
