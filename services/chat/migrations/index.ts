import type { Migration } from 'kysely/migration'
import * as threadsAndMessages from './20261121T0900_threads-and-messages.ts'

export const migrations: Record<string, Migration> = {
  '20261121T0900_threads-and-messages': threadsAndMessages
}
