import { expect, test } from 'vitest'
import { archived, blocked, opened as openedPair, unblocked } from '#src/contexts/direct.ts'
import { gatheringCancelled, gatheringUpdated } from '#src/contexts/gathering.ts'
import { hostWrote, requestAccepted, requestEnded } from '#src/contexts/request.ts'
import { session } from '#src/contexts/session.ts'
import type { ThreadChange } from '#src/contexts/thread-change.ts'

/** What the changes do, in short: the kind, the thread, and what matters about it. */
function inShort(changes: ThreadChange[]): string[] {
  return changes.map((change) => {
    const words = ('words' in change ? (change.words ?? []) : []).map(
      ({ body, from }) => `${from?.userId ?? '-'}: ${body}`
    )
    return [change.kind, ...wordsOf(change), ...words].join(', ')
  })
}

function wordsOf(change: ThreadChange): string[] {
  switch (change.kind) {
    case 'open': {
      const { id, status, locked, onlySenderId } = change.thread
      const members = change.members.map(({ userId, role }) => `${role} ${userId}`)
      const only = onlySenderId ? [`only ${onlySenderId} writes`] : []
      return [`${id} ${status}${locked ? ' closed' : ''}`, ...members, ...only]
    }
    case 'close':
      return ['gatheringId' in change ? `all of ${change.gatheringId}` : change.threadId, change.reason]
    case 'restrict':
      return [`${change.threadId} ${change.status}`, `${change.onlySenderId ?? 'everyone'} writes`]
    case 'admit':
    case 'remove':
      return [change.threadId, change.userId]
    case 'reopen':
    case 'say':
      return [change.threadId]
  }
}

const plan = {
  session_id: 'S',
  inviter_id: 'ana',
  invitee_id: 'ben',
  proposed_date: '2027-03-16',
  crag: 'Railay',
  actor_id: 'ben',
  version: 2,
  created_at: '2027-01-01T00:00:00.000Z',
  updated_at: '2027-01-02T00:00:00.000Z'
}
const opened = (status: string) => `open, S ${status}, host ana, guest ben`

test.each([
  ['pending', [opened('pending')]],
  ['accepted', [opened('accepted')]],
  ['completed', [opened('completed'), 'close, S, completed']],
  ['declined', [opened('declined'), 'close, S, declined']],
  ['cancelled', [opened('cancelled'), 'close, S, cancelled']]
] as const)('a session that is %s', (status, expected) => {
  expect(inShort(session({ ...plan, status }))).toEqual(expected)
})

test('a session that ends with words closes after them', () => {
  const changes = session({ ...plan, status: 'declined', closing_message: { id: 'm', body: 'Next time!' } })
  expect(inShort(changes)).toEqual([opened('declined'), 'close, S, declined, ben: Next time!'])
})

const gathering = {
  event_id: 'E',
  thread_id: 'G',
  host_id: 'hana',
  title: 'Tennis',
  starts_at: '2027-01-16T10:30:00.000Z',
  location: 'Central Park',
  address: null,
  version: 2
}

test.each([
  [true, ['say, G, -: The event has moved: 2027-01-16 10:30 UTC, Central Park']],
  [false, []],
  [undefined, []]
])('a gathering is updated, moved: %s', (moved, expected) => {
  const event = moved === undefined ? gathering : { ...gathering, moved }
  expect(inShort(gatheringUpdated(event))).toEqual(expected)
})

test('a cancelled gathering closes everything about it and leaves no group to be opened', () => {
  const changes = gatheringCancelled({ ...gathering, guest_ids: [], cause: 'host' })
  expect(inShort(changes)).toEqual(['close, all of E, cancelled', 'open, G cancelled closed'])
})

const request = { request_id: 'R', event_id: 'E', host_id: 'hana', guest_id: 'gus', version: 1 }
const people = 'host hana, guest gus'

test.each([
  ['SUBMITTED', `open, R request, ${people}, only hana writes`],
  ['ACCEPTED', `open, R booking, ${people}`],
  ['DECLINED', `open, R request closed, ${people}, only hana writes`],
  ['WITHDRAWN', `open, R request closed, ${people}, only hana writes`]
] as const)('the host writes about a request that is %s', (status, expected) => {
  expect(inShort(hostWrote({ ...request, id: 'R', status }))).toEqual([expected])
})

const moved = { ...request, event_title: 'Tennis', thread_id: 'G' }

test('an accepted request opens or joins the group, and both may write in the thread of the request', () => {
  expect(inShort(requestAccepted({ ...moved, booking_id: 'B', automatic: false }))).toEqual([
    'restrict, R booking, everyone writes',
    `open, G booking, ${people}, -: Welcome to the Tennis event chat!, -: Request accepted, booking confirmed.`,
    'admit, G, gus, -: {name} has joined the event!'
  ])
})

test.each(['declined', 'withdrawn'] as const)(
  'a request that is %s closes its thread and leaves the group',
  (reason) => {
    expect(inShort(requestEnded(reason)(moved))).toEqual([
      `close, R, ${reason}`,
      'remove, G, gus, -: {name} has left the event.'
    ])
  }
)

const pair = { id: 'P', userIds: ['ana', 'ben'] } as const

test.each([
  ['opens', openedPair(pair, []), ['open, P active, guest ana, guest ben', 'reopen, P', 'say, P']],
  ['is archived', archived(pair), ['close, P, archived']],
  ['is blocked', blocked(pair), ['remove, P, ana', 'remove, P, ben', 'close, P, blocked']],
  ['is unblocked', unblocked(pair), ['admit, P, ana', 'admit, P, ben']]
])('a conversation of two people %s', (_what, changes, expected) => {
  expect(inShort(changes)).toEqual(expected)
})
