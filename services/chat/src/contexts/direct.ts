import type { ThreadChange, Words } from './thread-change.ts'

/** Two people and the id of their thread. */
interface People {
  id: string
  userIds: readonly [string, string]
}

/** The one thread of two people is made, or opened again, for the words. */
export function opened({ id, userIds }: People, words: Words[]): ThreadChange[] {
  return [
    {
      kind: 'open',
      thread: { id, context: 'direct', contextId: id, version: 1, status: 'active' },
      members: userIds.map((userId) => ({ userId, role: 'guest' }))
    },
    { kind: 'reopen', threadId: id, status: 'active', userIds },
    { kind: 'say', threadId: id, words }
  ]
}

/** Both read on, and neither writes. It does not say who ended it. */
export function archived({ id }: People): ThreadChange[] {
  return [{ kind: 'close', threadId: id, reason: 'archived' }]
}

/** Neither reads it any more. */
export function blocked({ id, userIds }: People): ThreadChange[] {
  const leave: ThreadChange[] = userIds.map((userId) => ({ kind: 'remove', threadId: id, userId, words: [] }))
  return [...leave, { kind: 'close', threadId: id, reason: 'blocked' }]
}

/** Both read it again. It stays closed. */
export function unblocked({ id, userIds }: People): ThreadChange[] {
  return userIds.map((userId) => ({ kind: 'admit', threadId: id, userId, words: [], isBack: true }))
}
