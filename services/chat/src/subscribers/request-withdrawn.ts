import { RequestWithdrawn } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Chat } from '#src/context.ts'
import type { ChatDatabase } from '#src/schema.ts'
import { requestEnded } from '#src/threads/request-ended.ts'

export const requestWithdrawn = (chat: Chat) =>
  defineSubscriber<ChatDatabase>()({
    durable: 'chat-request-withdrawn',
    event: RequestWithdrawn,
    handle: requestEnded(chat, 'WITHDRAWN')
  })
