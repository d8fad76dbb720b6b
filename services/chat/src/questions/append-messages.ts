import { AppendMessages } from '@belay/contracts'
import { answerer } from '@belay/kit'
import type { Chat } from '#src/chat.ts'

export const appendMessages = ({ log }: Chat) =>
  answerer(AppendMessages, async ({ messages }) => ({
    outcomes: await Promise.all(messages.map((message) => log.append(message)))
  }))
