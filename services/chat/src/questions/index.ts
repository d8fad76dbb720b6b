import type { Chat } from '#src/context.ts'
import { answerLike } from './answer-like.ts'
import { appendMessages } from './append-messages.ts'
import { beginEpoch } from './begin-epoch.ts'
import { checkSubscriptions } from './check-subscriptions.ts'
import { joinConversations } from './join-conversations.ts'
import { joinThread } from './join-thread.ts'
import { listMessagesAfter } from './list-messages-after.ts'
import { listMessagesBetween } from './list-messages-between.ts'
import { listMissedMessages } from './list-missed-messages.ts'
import { listNewestMessages } from './list-newest-messages.ts'
import { listThreadActivity } from './list-thread-activity.ts'
import { markMessageRead } from './mark-message-read.ts'
import { sendDirectMessage } from './send-direct-message.ts'
import { summariseThreads } from './summarise-threads.ts'

export const questions = (chat: Chat) => [
  answerLike(chat),
  appendMessages(chat),
  beginEpoch(chat),
  checkSubscriptions(chat),
  joinConversations(chat),
  joinThread(chat),
  listMessagesAfter(chat),
  listMessagesBetween(chat),
  listMissedMessages(chat),
  listNewestMessages(chat),
  listThreadActivity(chat),
  markMessageRead(chat),
  sendDirectMessage(chat),
  summariseThreads(chat)
]
