import { RequestDeclined } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Chat } from '#src/context.ts'
import type { ChatDatabase } from '#src/schema.ts'
import { requestEnded } from '#src/threads/request-ended.ts'

export const requestDeclined = (chat: Chat) =>
  defineSubscriber<ChatDatabase>()({
    durable: 'chat-request-declined',
    event: RequestDeclined,
    handle: requestEnded(chat, 'DECLINED')
  })
