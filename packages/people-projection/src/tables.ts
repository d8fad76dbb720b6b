import type { Generated } from 'kysely'

/** An account as the people service last published it. An erased one stays as `Deleted user`, so that history keeps an author. */
export interface UserRow {
  id: string
  display_name: string
  avatar: string | null
  tier: 'free' | 'premium'
  role: 'user' | 'admin'
  disabled: boolean
  deleted: Generated<boolean>
  version: number
}

/** A lifted block stays as an inactive row, so that a late `user.blocked` cannot restore it. */
interface BlockRow {
  blocker_id: string
  blocked_id: string
  active: boolean
  version: number
}

/** The table of `accountSubscribers`, for a service's database type to extend. Only this package writes to it. */
export interface AccountTables {
  users: UserRow
}

/** The table of `blockSubscribers`. */
export interface BlockTables {
  blocks: BlockRow
}
