export {
  type AccountStatus,
  findUser,
  findUserName,
  knownUser,
  listAccounts,
  lockAccountStatuses,
  lockUsers,
  lockUsersExclusively
} from './accounts.repository.ts'
export { deleteBlocksOf, findBlocked, isBlocked } from './blocks.repository.ts'
export { accountMigrations, blockMigrations } from './migrations.ts'
export { accountSubscribers, blockSubscribers } from './subscribers.ts'
export type { AccountTables, BlockTables, UserRow } from './tables.ts'
