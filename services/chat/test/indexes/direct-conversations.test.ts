import { readFileSync } from 'node:fs'
import { isBlocked } from '@belay/people-projection'
import type { Transaction } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listConversationsOf, listConversationStates } from '#src/conversations/conversation-list.repository.ts'
import { readConversationLog } from '#src/conversations/conversation-log.repository.ts'
import { readFooting } from '#src/conversations/footing.repository.ts'
import { listMessagesBetween } from '#src/conversations/messages-between.repository.ts'
import {
  allotPair,
  findPairById,
  listActivePairsOf,
  lockPair,
  updateMatch,
  updateStatus
} from '#src/conversations/pairs.repository.ts'
import { listRequests } from '#src/message-requests/request-list.repository.ts'
import {
  findPending,
  findRequest,
  findSeqInLog,
  listPendingOf,
  updateRequests
} from '#src/message-requests/requests.repository.ts'
import { lockAndRead } from '#src/messages/append.repository.ts'
import {
  deletePresence,
  listActivePeers,
  listOnlineIds,
  markOffline,
  markOnline
} from '#src/presence/presence.repository.ts'
import { findReadMark, lockMark, updateReadMark } from '#src/read-marks/read-marks.repository.ts'
import { findDirectMessage, findReceivedMessage, giveReceipt } from '#src/read-marks/receipts.repository.ts'
import type { ChatDatabase } from '#src/schema.ts'
import {
  activeAt,
  conversationId,
  createFullDatabase,
  lastMessageId,
  personId,
  requestId,
  sociable
} from './many-conversations.ts'

type Work = (trx: Transaction<ChatDatabase>) => Promise<unknown>

/** A query, the most rows that it may read, and indexes that it must read them by. */
type Case = [name: string, work: Work, mostRows: number, ...indexes: string[]]

const now = new Date('2026-06-01T00:00:00Z')
/** Of the conversation 4,000: it is active. */
const friend = personId(4_000)
/** Of the conversation 4,008: it is blocked. */
const stranger = personId(4_008)
const page = 51
/** A page of any list: each row with some look-ups, far from the 10,000 conversations of the person. */
const pageRows = page * 12

const byActivity = ['conversations_of_user1', 'conversations_of_user2']
const shownWith = ['threads_pkey', 'members_pkey', 'messages_pkey', 'users_pkey', 'presence_pkey', 'read_receipts_pkey']
const before = { key: activeAt(7_000).toISOString(), id: conversationId(7_000) }
const log = { conversationId: conversationId(4_000), viewerId: sociable, limit: page }

async function request(trx: Transaction<ChatDatabase>, number: number) {
  const found = await findRequest(trx, requestId(number))
  if (found === undefined) throw new Error(`there is no request ${number}`)
  return found
}

const lists = (['active', 'archived'] as const).flatMap((status): Case[] => [
  [
    `the first page of ${status} conversations`,
    (trx) => listConversationsOf(trx, { userId: sociable, status, limit: page }),
    pageRows,
    ...byActivity,
    ...shownWith
  ],
  [
    `a later page of ${status} conversations`,
    (trx) => listConversationsOf(trx, { userId: sociable, status, after: before, limit: page }),
    pageRows,
    ...byActivity,
    ...shownWith
  ]
])

const requests = (['received', 'sent'] as const).flatMap((direction): Case[] =>
  [undefined, requestId(7_000)].map((afterId) => [
    `${afterId === undefined ? 'the first' : 'a later'} page of ${direction} message requests`,
    (trx) => listRequests(trx, { userId: sociable, direction, status: 'accepted', afterId, limit: page, now }),
    pageRows,
    `message_requests_${direction}`,
    'blocks_by_blocked_and_blocker',
    'presence_pkey'
  ])
)

const cases: Case[] = [
  ...lists,
  ...requests,
  [
    'the conversations that a socket joins',
    (trx) => listConversationStates(trx, { userId: sociable, ids: undefined, limit: page }),
    pageRows,
    ...byActivity
  ],
  [
    'chosen conversations of a socket',
    (trx) => listConversationStates(trx, { userId: sociable, ids: [conversationId(4_000)], limit: page }),
    10,
    'conversations_pkey'
  ],
  ['the newest messages', (trx) => readConversationLog(trx, log), 20, 'conversations_pkey', 'messages_pkey'],
  [
    'older messages',
    (trx) => readConversationLog(trx, { ...log, before: lastMessageId(4_000) }),
    20,
    'direct_messages_by_id',
    'message_requests_message_id_key',
    'read_receipts_pkey'
  ],
  [
    'missed messages',
    (trx) => readConversationLog(trx, { ...log, after: lastMessageId(4_000) }),
    20,
    'direct_messages_by_id'
  ],
  [
    'how two people stand to each other',
    (trx) => readFooting(trx, sociable, friend),
    30,
    'conversations_user1_id_user2_id_key',
    'message_requests_pending',
    'blocks_by_blocked_and_blocker',
    'users_pkey'
  ],
  ['whether two people are blocked', (trx) => isBlocked(trx, sociable, stranger), 5, 'blocks_by_blocked_and_blocker'],
  [
    'the lock and the id of a pair',
    async (trx) => {
      await lockPair(trx, [sociable, friend])
      await allotPair(trx, [sociable, friend], { id: conversationId(200_000), now })
    },
    5,
    'conversations_user1_id_user2_id_key'
  ],
  ['a pair by its id', (trx) => findPairById(trx, conversationId(4_000)), 1, 'conversations_pkey'],
  [
    'the archive of a conversation',
    async (trx) => {
      await updateStatus(trx, [conversationId(4_000)], 'archived', now)
      await updateMatch(trx, conversationId(4_000), { matched: false, version: 2 })
    },
    1,
    'conversations_pkey'
  ],
  [
    'what the erasure of a person archives and cancels',
    async (trx) => {
      await listActivePairsOf(trx, friend)
      await listPendingOf(trx, friend)
    },
    10,
    ...byActivity,
    'message_requests_received',
    'message_requests_sent'
  ],
  [
    'a request and its end',
    async (trx) => {
      await findSeqInLog(trx, await request(trx, 4_000))
      await findPending(trx, conversationId(4_000))
      await updateRequests(trx, [requestId(4_000)], 'declined', now)
    },
    2,
    'message_requests_pkey',
    'message_requests_pending',
    'direct_messages_by_id'
  ],
  ['a message to mark as read', (trx) => findDirectMessage(trx, lastMessageId(4_000)), 5, 'direct_messages_by_id'],
  [
    'a read mark and its receipt',
    async (trx) => {
      const read = { threadId: conversationId(4_000), userId: friend }
      await lockMark(trx, read.threadId, friend)
      await updateReadMark(trx, { ...read, lastReadSeq: 2 })
      await findReadMark(trx, read.threadId, friend)
      await findReceivedMessage(trx, { ...read, afterSeq: 1, upToSeq: 2 })
      await giveReceipt(trx, { ...read, seq: 2, upToSeq: 2, now })
    },
    10,
    'members_by_user',
    'messages_pkey',
    'read_receipts_pkey'
  ],
  [
    'what a message depends on',
    (trx) =>
      lockAndRead(trx, [{ thread_id: conversationId(4_000), sender_id: sociable, body: 'hi', client_msg_id: 'one' }]),
    10,
    'threads_pkey',
    'members_by_user',
    'messages_by_client_msg_id'
  ],
  [
    'what one person wrote to another',
    (trx) => listMessagesBetween(trx, { senderId: friend, receiverId: sociable, limit: 20 }),
    20,
    'members_by_user',
    'messages_pkey'
  ],
  [
    'the contacts of a person',
    (trx) =>
      listActivePeers(trx, [sociable], { after: { user_id: sociable, conversation_id: sociable }, limit: 1_000 }),
    10_000,
    ...byActivity
  ],
  [
    'the people who were online',
    (trx) => listOnlineIds(trx, { after: sociable, limit: page }),
    page,
    'presence_online'
  ],
  [
    'who came and who went',
    async (trx) => {
      await markOnline(trx, [sociable], now)
      await markOffline(trx, { absent: [friend], present: [sociable] }, now)
      await deletePresence(trx, friend)
    },
    10,
    'presence_pkey'
  ]
]

let full: Awaited<ReturnType<typeof createFullDatabase>>
beforeAll(async () => {
  full = await createFullDatabase()
}, 120_000)
afterAll(() => full.drop())

test.each(cases)(
  'with 100,000 conversations %s is found by index, without reading other rows',
  async (_name, work, mostRows, ...indexes) => {
    const plans = await full.plans.of(work)
    expect(plans.flatMap((plan) => plan.indexes)).toEqual(expect.arrayContaining(indexes))
    expect(plans.filter(({ scanned }) => scanned.some((table) => table !== 'continuity'))).toEqual([])
    expect(plans.filter(({ rowsRead }) => rowsRead > mostRows)).toEqual([])
  }
)

test('every index of the README is held by one of these cases', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const table = readme.split('\n## ').find((section) => section.startsWith('Indexes')) ?? ''
  const named = table.split('\n').flatMap((line) => [...(line.split('|')[2] ?? '').matchAll(/`(\w+_\w+)`/g)])
  const held = new Set(cases.flatMap(([, , , ...indexes]) => indexes))

  expect(named.length).toBeGreaterThan(10)
  expect(named.flatMap(([, index = '']) => (held.has(index) ? [] : index))).toEqual([])
})
