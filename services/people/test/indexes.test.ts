import { readFileSync } from 'node:fs'
import { migrate } from '@belay/db'
import { eventMigrations } from '@belay/events'
import { kitMigrations } from '@belay/kit'
import { createTestDatabase, openQueryPlans, type QueryPlans } from '@belay/testing'
import type { Transaction } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrations } from '#migrations'
import {
  areBlocked,
  deleteBlocksOf,
  hasBlockSince,
  listBlockedUsers,
  renewBlocks
} from '#src/blocks/blocks.repository.ts'
import { deleteWrittenTo } from '#src/discovery/written-to.repository.ts'
import { deleteLikesBetween, deleteLikesOf, hasLike } from '#src/matches/likes.repository.ts'
import { deleteMatchesOf, findMatch, findMatchById, listMatches, updateEnded } from '#src/matches/matches.repository.ts'
import {
  deleteReportsOf,
  findReportView,
  listReportsWithoutContext,
  listReportViews
} from '#src/reports/reports.repository.ts'
import type { PeopleDatabase } from '#src/schema.ts'

const schema = 'people'
const idIn = (table: string, number: number) => `${table}000000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`
const sqlId = (table: string, number: string) =>
  `('${table}000000-0000-7000-8000-' || lpad(to_hex(${number}), 12, '0'))::uuid`
const person = (number: number) => idIn('0a', number)

/** This person has the first 10,000 rows of each table, as the first one of the pair in half of them. */
const popular = person(5_001)
const friend = person(4_000)
const now = new Date('2026-06-01T00:00:00Z')
const page = 51
const pageRows = page * 4

const statements = [
  `insert into users (id, display_name, created_at, updated_at)
   select ${sqlId('0a', 'n')}, 'Ada', now(), now() from generate_series(1, 130001) as n`,
  `create temporary table pairs as
   select n, ${sqlId('0a', 'one')} as one, ${sqlId('0a', 'other')} as other,
          timestamptz '2026-01-01 00:00Z' + n * interval '1 second' as at
   from generate_series(1, 100000) as n, lateral (
     select case when n <= 5000 then n when n <= 10000 then 5001 else 20000 + n / 9 end as one,
            case when n <= 5000 then 5001 when n <= 10000 then n + 1 else 30000 + n end as other
   ) as people`,
  'insert into likes (liker_id, liked_id, created_at) select one, other, at from pairs',
  'insert into written_to (sender_id, receiver_id) select one, other from pairs',
  `insert into matches (id, user1_id, user2_id, status, version, created_at, updated_at)
   select ${sqlId('0b', 'n')}, one, other, (array['matched', 'matched', 'unmatched'])[n % 3 + 1], 1, at, at from pairs`,
  `insert into blocks (blocker_id, blocked_id, id, active, version, created_at, updated_at)
   select one, other, ${sqlId('0c', 'n')}, n % 2 = 0, 1, at, at from pairs`,
  `insert into reports (id, reporter_id, reported_id, reason, status, context, created_at, updated_at)
   select ${sqlId('0d', 'n')}, one, other, 'spam', case when n % 100 = 0 then 'pending' else 'resolved' end,
          case when n % 1000 > 0 then '[]'::jsonb end, at, at from pairs`
]

type Work = (trx: Transaction<PeopleDatabase>) => Promise<unknown>

/** A query, the most rows that it may read, and indexes that it must read them by. */
type Case = [name: string, work: Work, mostRows: number, ...indexes: string[]]

const before = { created_at: '2026-01-01T01:00:00.000Z', id: idIn('0b', 3_600) }

const cases: Case[] = [
  ['whether one likes another', (trx) => hasLike(trx, friend, popular), 1],
  ['the likes between two people', (trx) => deleteLikesBetween(trx, [popular, friend]), 4],
  [
    'what an erasure deletes',
    async (trx) => {
      await deleteLikesOf(trx, friend)
      await deleteMatchesOf(trx, friend)
      await deleteBlocksOf(trx, friend)
      await deleteReportsOf(trx, friend)
      await deleteWrittenTo(trx, friend)
    },
    10,
    'likes_pkey',
    'likes_by_liked_and_liker',
    'matches_user1_id_user2_id_key',
    'matches_by_user2',
    'blocks_by_blocked_and_blocker',
    'reports_by_reporter',
    'reports_by_reported',
    'written_to_by_receiver_and_sender'
  ],
  ['the match of two people', (trx) => findMatch(trx, [popular, friend]), 1, 'matches_user1_id_user2_id_key'],
  ['a match by its id', (trx) => findMatchById(trx, idIn('0b', 4_000)), 1, 'matches_pkey'],
  [
    'the end of a match',
    (trx) => updateEnded(trx, { pair: [popular, friend], status: 'unmatched', now }),
    1,
    'matches_user1_id_user2_id_key'
  ],
  [
    'the first page of matches',
    (trx) => listMatches(trx, popular, { limit: page }),
    pageRows,
    'matches_of_user1',
    'matches_of_user2'
  ],
  [
    'a later page of matches',
    (trx) => listMatches(trx, popular, { before, limit: page }),
    pageRows,
    'matches_of_user1',
    'matches_of_user2'
  ],
  [
    'whether two people are blocked',
    async (trx) => {
      await areBlocked(trx, popular, friend)
      await hasBlockSince(trx, [friend, popular], now)
    },
    4,
    'blocks_by_blocked_and_blocker'
  ],
  ['a page of blocked people', (trx) => listBlockedUsers(trx, popular, { limit: page }), pageRows, 'blocks_listed'],
  [
    'a page of blocks to publish once more',
    (trx) => renewBlocks(trx, { afterId: null, limit: page }),
    pageRows,
    'blocks_id_key'
  ],
  [
    'a page of pending reports',
    (trx) => listReportViews(trx, 'pending', { offset: 0, limit: page }),
    pageRows,
    'reports_by_status'
  ],
  [
    'a page of all reports',
    (trx) => listReportViews(trx, undefined, { offset: 0, limit: page }),
    pageRows,
    'reports_pkey'
  ],
  ['a report', (trx) => findReportView(trx, idIn('0d', 4_000)), 5, 'reports_pkey'],
  ['reports without context', (trx) => listReportsWithoutContext(trx, page), page, 'reports_without_context']
]

let plans: QueryPlans<PeopleDatabase>
let drop: () => Promise<void>
beforeAll(async () => {
  const database = await createTestDatabase()
  drop = database.drop
  const { url } = database
  await migrate({ url, schema, migrations: { ...eventMigrations, ...kitMigrations, ...migrations } })
  plans = openQueryPlans<PeopleDatabase>({ url, schema })
  await plans.load(statements)
}, 120_000)
afterAll(async () => {
  await plans.close()
  await drop()
})

test.each(cases)(
  'with 100,000 rows in each table %s is found by index, without reading other rows',
  async (_name, work, mostRows, ...indexes) => {
    const sent = await plans.of(work)
    expect(sent.flatMap((plan) => plan.indexes)).toEqual(expect.arrayContaining(indexes))
    expect(sent.filter(({ scanned }) => scanned.length > 0)).toEqual([])
    expect(sent.filter(({ rowsRead }) => rowsRead > mostRows)).toEqual([])
  }
)

test('every index of the README is held by one of these cases', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const table = readme.split('\n## ').find((section) => section.startsWith('Indexes')) ?? ''
  const named = table.split('\n').flatMap((line) => [...(line.split('|')[2] ?? '').matchAll(/`(\w+_\w+)`/g)])
  const held = new Set(cases.flatMap(([, , , ...indexes]) => indexes))

  expect(named.length).toBeGreaterThan(10)
  expect(named.flatMap(([, index = '']) => (held.has(index) ? [] : index))).toEqual([])
})
