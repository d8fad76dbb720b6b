import { ThreadLocked } from '@belay/contracts'
import type { Transaction } from 'kysely'
import { recordEvent, recordEvents, type Store } from '../src/index.ts'
import type { Tables } from './fixture.ts'

/** A small event about a thing. */
export const locked = (subject: string, reason = 'closed') => ({
  subject,
  data: { thread_id: subject, context: 'session' as const, context_id: subject, reason }
})

export const record = (store: Store<Tables>, subject: string) =>
  store.transaction((trx) => recordEvent(trx, ThreadLocked, locked(subject)))

export const recordMany = (trx: Transaction<Tables>, subjects: string[]) =>
  recordEvents(
    trx,
    ThreadLocked,
    subjects.map((subject) => locked(subject))
  )

/** 'a1', 'a2', … */
export const numbered = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}${i + 1}`)
