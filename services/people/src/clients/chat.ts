import type { Bus } from '@belay/bus'
import { AnswerLike, ListMessagesBetween, type Message } from '@belay/contracts'

/** What this service asks of chat: outside of transactions, and rejecting while chat does not answer. */
export interface Chat {
  /** Returns the id of the match that a like makes, of likes on both sides or of a pending message request; else null. */
  answerLike(like: { likerId: string; likedId: string; isMutual: boolean }): Promise<string | null>
  /** Returns the last messages of one person to another up to a time, oldest first. */
  listMessagesBetween(input: { senderId: string; receiverId: string; until: Date; limit: number }): Promise<Message[]>
}

/** Asks the chat service, which owns message requests and messages. */
export function createChatClient(bus: Bus): Chat {
  return {
    async answerLike({ likerId, likedId, isMutual }) {
      const question = { liker_id: likerId, liked_id: likedId, is_mutual: isMutual }
      return (await bus.ask(AnswerLike, question)).conversation_id
    },
    async listMessagesBetween({ senderId, receiverId, until, limit }) {
      const question = { sender_id: senderId, receiver_id: receiverId, until: until.toISOString(), limit }
      return (await bus.ask(ListMessagesBetween, question)).messages
    }
  }
}
