import type { Migration } from 'kysely/migration'
import * as threadsAndMessages from './20261121T0900_threads-and-messages.ts'
import * as groupThreads from './20261122T0900_group-threads.ts'

export const migrations: Record<string, Migration> = {
  '20261121T0900_threads-and-messages': threadsAndMessages,
  '20261122T0900_group-threads': groupThreads
}
