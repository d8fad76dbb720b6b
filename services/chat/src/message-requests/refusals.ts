/** What stands in the way of a message request besides what concerns the two people. */
export interface RequestRefused {
  ok: false
  reason: 'message_request_exists' | 'request_not_found'
}

export const requestExists: RequestRefused = { ok: false, reason: 'message_request_exists' }

/** Also for one that was answered or cancelled. */
export const requestNotFound: RequestRefused = { ok: false, reason: 'request_not_found' }
