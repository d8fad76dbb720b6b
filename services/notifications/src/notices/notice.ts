import type { NotificationType } from '@belay/contracts'
import type { Words } from '#src/schema.ts'

/** What an event means for one person's attention. */
export interface Notice {
  /** The person to notify. */
  to: string
  /** The person it is about. It never crosses a block between the two. */
  about: string
  /** Without the name of `about`: their account is being erased. */
  anonymous?: boolean
  type: NotificationType
  words: Words
  /** The page of the app that it opens. */
  url: string
  data: Record<string, unknown>
  /** The CloudEvent that caused it: one notice per event, recipient and type. */
  causeEventId: string
  /** The subjects of which one answer settles what it asks for. */
  asks?: readonly string[]
  /** It was answered before it came. */
  isRead?: boolean
  /** Of messages: unread notices of one thread are one, which has the words of the highest `seq`. */
  thread?: { id: string; seq: number; count: number }
}
