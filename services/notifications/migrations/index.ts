import type { Migration } from '@belay/db'
import * as notifications from './20261121T0900_notifications.ts'
import * as reading from './20261125T0900_reading.ts'
import * as unseenMessages from './20261125T0910_unseen-messages.ts'
import * as wordsByReference from './20261125T1110_words-by-reference.ts'
import * as messageRequests from './20261201T0020_message-requests.ts'

export const migrations: Record<string, Migration> = {
  '20261121T0900_notifications': notifications,
  '20261125T0900_reading': reading,
  '20261125T0910_unseen-messages': unseenMessages,
  '20261125T1110_words-by-reference': wordsByReference,
  '20261201T0020_message-requests': messageRequests
}
