import { maxEmojiLength, maxMessageLength, MessageType } from '@belay/contracts'
import { Value } from 'typebox/value'
import { type DirectRefused, refuseDirect } from '#src/conversations/refusals.ts'

/** Returns the type of a message, or why it cannot be sent. */
export function checkContent(body: string, type: string): { ok: true; type: MessageType } | DirectRefused {
  if (!Value.Check(MessageType, type)) return refuseDirect('invalid_message_type')
  const length = [...body].length
  if (type === 'emoji' && length > maxEmojiLength) return refuseDirect('emoji_too_long')
  if (length > maxMessageLength) return refuseDirect('text_too_long')
  if (type === 'image' && !isWebAddress(body)) return refuseDirect('not_a_url')
  return { ok: true, type }
}

function isWebAddress(text: string): boolean {
  return /^https?:\/\/\S+$/i.test(text) && URL.canParse(text)
}
