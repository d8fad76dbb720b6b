import type { Migration } from '@belay/db'
import * as threadsAndMessages from './20261121T0900_threads-and-messages.ts'
import * as groupThreads from './20261122T0900_group-threads.ts'
import * as membersInOrder from './20261122T0910_members-in-order.ts'
import * as continuity from './20261125T0900_continuity.ts'
import * as namesByReference from './20261125T1100_names-by-reference.ts'
import * as plansOfThreads from './20261130T2200_plans-of-threads.ts'
import * as conversations from './20261201T0010_conversations.ts'
import * as directMessagesById from './20261201T0011_direct-messages-by-id.ts'
import * as peopleOnline from './20261201T0050_people-online.ts'
import * as blocksByBoth from './20261201T0070_blocks-by-both.ts'
import * as appendAtOnce from './20261201T0600_append-at-once.ts'

export const migrations: Record<string, Migration> = {
  '20261121T0900_threads-and-messages': threadsAndMessages,
  '20261122T0900_group-threads': groupThreads,
  '20261122T0910_members-in-order': membersInOrder,
  '20261125T0900_continuity': continuity,
  '20261125T1100_names-by-reference': namesByReference,
  '20261130T2200_plans-of-threads': plansOfThreads,
  '20261201T0010_conversations': conversations,
  '20261201T0011_direct-messages-by-id': directMessagesById,
  '20261201T0050_people-online': peopleOnline,
  '20261201T0070_blocks-by-both': blocksByBoth,
  '20261201T0600_append-at-once': appendAtOnce
}
