import type { Migration } from 'kysely/migration'
import * as notifications from './20261121T0900_notifications.ts'

export const migrations: Record<string, Migration> = {
  '20261121T0900_notifications': notifications
}
