import type { ThreadChange } from './thread-change.ts'

/** Two people who matched; `version` grows with every change of the match. */
export interface Match {
  matchId: string
  userIds: readonly [string, string]
  status: 'matched' | 'unmatched' | 'blocked'
  version: number
}

/** A match opens the pair's thread, of the same id; unmatching or blocking closes it. Nothing in it says who did. */
export function direct({ matchId: id, userIds, status, version }: Match): ThreadChange[] {
  const open: ThreadChange = {
    kind: 'open',
    thread: { id, context: 'direct', contextId: id, version, status },
    members: userIds.map((userId) => ({ userId, role: 'guest' }))
  }
  return status === 'matched' ? [open] : [open, { kind: 'close', threadId: id, reason: status }]
}
