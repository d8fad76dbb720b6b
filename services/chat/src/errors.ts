import { appError } from '@belay/kit'

/** Also the answer for a session of other people: its existence is theirs. */
export const SessionNotFound = appError('SESSION_NOT_FOUND', 'Session not found', 404)

/** A match is known by the conversation that it opened. */
export const MatchNotFound = appError('MATCH_NOT_FOUND', 'Match not found', 404)

export const ThreadNotFound = appError('THREAD_NOT_FOUND', 'Thread not found', 404)

export const RequestNotFound = appError('REQUEST_NOT_FOUND', 'Request not found', 404)

export const NotAParticipant = appError(
  'NOT_A_PARTICIPANT',
  'Access denied - you are not a participant in this thread',
  403
)

/** Until a request is accepted only the host may write to its guest. */
export const HostOnly = appError('HOST_ONLY', 'Only the host can send messages until the request is accepted', 403)

/** `%s` says which state stands in the way. */
export const ThreadIsLocked = appError('THREAD_LOCKED', '%s', 400)

export const DuplicateMessage = appError('DUPLICATE_MESSAGE', 'Duplicate client_msg_id', 400)

/** More sends are waiting than the service holds in memory. */
export const ChatBusy = appError('CHAT_BUSY', 'Too many messages are waiting, please try again', 503)

/** Also the answer for one that has not opened yet. */
export const ConversationNotFound = appError('CONVERSATION_NOT_FOUND', 'Conversation not found', 404)

export const MessageNotFound = appError('MESSAGE_NOT_FOUND', 'Message not found', 404)

export const UserBlocked = appError('USER_BLOCKED', '%s', 403)

/** `%s` says what the caller may not do. */
export const NotAllowed = appError('UNAUTHORIZED_ACTION', '%s', 403)

export const UserNotFound = appError('USER_NOT_FOUND', 'User not found', 404)

export const ContentTooLong = appError('CONTENT_TOO_LONG', '%s', 400)

export const InvalidMessageType = appError('INVALID_MESSAGE_TYPE', '%s', 400)

/** A request waits between the two, or they talk already. */
export const MessageRequestExists = appError(
  'MESSAGE_REQUEST_EXISTS',
  'There is a message request or a conversation between you already',
  409
)
