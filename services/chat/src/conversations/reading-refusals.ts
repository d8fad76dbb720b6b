/** Why a person may not read what two people wrote to each other. */
export interface ReadingRefused {
  ok: false
  reason: 'conversation_not_found' | 'message_not_found' | 'user_blocked' | 'unauthorized_action'
  detail: string
}

const details = {
  conversation_not_found: 'Conversation not found',
  message_not_found: 'Message not found',
  user_blocked: 'You cannot interact with this user',
  not_in_conversation: 'You are not part of this conversation',
  own_message: 'Only the receiver can mark a message as read'
} as const

/** Returns the refusal of this name. */
export function refuseReading(name: keyof typeof details): ReadingRefused {
  const reason = name === 'not_in_conversation' || name === 'own_message' ? 'unauthorized_action' : name
  return { ok: false, reason, detail: details[name] }
}

/** Returns why a person may not read what two people wrote to each other; undefined when they may. */
export function readingRefusal(
  conversation: { user_ids: readonly string[]; status: string } | undefined,
  userId: string
): ReadingRefused | undefined {
  if (conversation === undefined) return refuseReading('conversation_not_found')
  if (!conversation.user_ids.includes(userId)) return refuseReading('not_in_conversation')
  return conversation.status === 'blocked' ? refuseReading('user_blocked') : undefined
}
