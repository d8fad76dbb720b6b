import { accountSubscribers, blockSubscribers } from '@belay/people-projection'
import { erasePerson } from '#src/erasure/erase-person.ts'
import type { SessionsDatabase } from '#src/schema.ts'
import { applyBlock } from '#src/sessions/apply-block.ts'
import { matchCreated } from './match-created.ts'
import { matchEnded } from './match-ended.ts'

/** Every event that this service reacts to. */
export const subscribers = [
  ...accountSubscribers<SessionsDatabase>('sessions', {
    keeps: ['bio'],
    onErased: (trx, { data, time }) => erasePerson(trx, data, new Date(time))
  }),
  ...blockSubscribers<SessionsDatabase>('sessions', {
    onBlocked: (trx, { data, time }, isLatest) => applyBlock(trx, data, { blockedAt: new Date(time), isLatest })
  }),
  matchCreated,
  matchEnded
]
