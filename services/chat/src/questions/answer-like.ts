import { AnswerLike } from '@belay/contracts'
import { answerer } from '@belay/kit'
import type { Chat } from '#src/context.ts'
import { answerLike as answer } from '#src/matches/answer-like.ts'

export const answerLike = (chat: Chat) =>
  answerer(AnswerLike, async ({ liker_id: likerId, liked_id: likedId, is_mutual: isMutual }) => ({
    conversation_id: await answer(chat, { likerId, likedId, isMutual })
  }))
