import {
  maxEmojiLength,
  maxMessageLength,
  maxRequestLength,
  type QuestionOutput,
  type SendDirectMessage
} from '@belay/contracts'

/** Why a person may not read or write between themself and another. */
export type DirectRefused = Extract<QuestionOutput<typeof SendDirectMessage>, { ok: false }>

const refusals = {
  conversation_not_found: ['conversation_not_found', 'Conversation not found'],
  user_not_found: ['user_not_found', 'User not found'],
  user_blocked: ['user_blocked', 'You cannot interact with this user'],
  account_disabled: ['account_disabled', 'This account is disabled'],
  yourself: ['invalid_input', 'receiver_id: must not be yourself'],
  not_their_conversation: ['invalid_input', 'receiver_id: must be the other person of the conversation'],
  no_receiver: ['invalid_input', 'receiver_id or conversation_id must be given'],
  text_too_long: ['content_too_long', `A message may have at most ${maxMessageLength} characters`],
  emoji_too_long: ['content_too_long', `An emoji message may have at most ${maxEmojiLength} characters`],
  request_too_long: ['content_too_long', `A message request may have at most ${maxRequestLength} characters`],
  invalid_message_type: ['invalid_message_type', 'message_type must be text, image or emoji'],
  not_a_url: ['invalid_input', 'content: must be the http or https URL of an image'],
  no_conversation: ['unauthorized_action', 'Send a message request first, and wait until it is accepted'],
  archived: ['unauthorized_action', 'This conversation is archived'],
  not_in_conversation: ['unauthorized_action', 'You are not part of this conversation'],
  not_the_receiver: ['unauthorized_action', 'Only the receiver can answer a message request'],
  not_the_sender: ['unauthorized_action', 'Only the sender can cancel a message request']
} as const satisfies Record<string, readonly [DirectRefused['reason'], string]>

/** Returns the refusal of this name. */
export function refuseDirect(name: keyof typeof refusals): DirectRefused {
  const [reason, detail] = refusals[name]
  return { ok: false, reason, detail }
}
