import { appError } from '@belay/kit'

/** Also the answer for a session of other people: its existence is theirs. */
export const SessionNotFound = appError('SESSION_NOT_FOUND', 'Session not found', 404)

/** `%s` says which state stands in the way. */
export const ThreadIsLocked = appError('THREAD_LOCKED', '%s', 400)

export const AccountDisabled = appError('ACCOUNT_DISABLED', 'This account is disabled', 403)

/** More sends are waiting than the service holds in memory. */
export const ChatBusy = appError('CHAT_BUSY', 'Too many messages are waiting, please try again', 503)
