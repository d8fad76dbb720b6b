import {
  durableOf,
  type DatabaseService,
  type EventOf,
  UserBlocked,
  UserDeleted,
  UserRegistered,
  UserUnblocked,
  UserUpdated
} from '@belay/contracts'
import { defineSubscriber, deleteParkedAbout } from '@belay/events'
import type { Transaction } from 'kysely'
import { type AccountDetail, eraseUser, lockUsersExclusively, upsertUser } from './accounts.repository.ts'
import { upsertBlock } from './blocks.repository.ts'

/** What a service does besides, in the same transaction. */
export interface AccountHooks<DB> {
  /** Further columns of the service's `users`. None by default. */
  keeps?: readonly AccountDetail[]
  /** Runs after the account was stored, or a later version of it was found. */
  onStored?: (trx: Transaction<DB>, account: EventOf<typeof UserRegistered>['data']) => void
  /** Runs after the person's row was erased. */
  onErased?: (trx: Transaction<DB>, event: EventOf<typeof UserDeleted>) => Promise<void>
}

/** Keep `users` as the people service publishes it. */
export function accountSubscribers<DB>(
  service: DatabaseService,
  { keeps = [], onStored, onErased }: AccountHooks<DB> = {}
) {
  const store = <Event extends typeof UserRegistered>(event: Event) =>
    defineSubscriber<DB>()({
      durable: durableOf(service, event),
      event,
      async handle({ event: { data }, trx }) {
        await upsertUser(trx, data, keeps)
        onStored?.(trx, data)
      }
    })
  const erase = defineSubscriber<DB>()({
    durable: durableOf(service, UserDeleted),
    event: UserDeleted,
    async handle({ event, trx }) {
      await eraseUser(trx, event.data, keeps)
      await onErased?.(trx, event)
      await deleteParkedAbout(trx, { subject: event.data.id, types: [UserRegistered.type, UserUpdated.type] })
    }
  })
  return [store(UserRegistered), store(UserUpdated), erase]
}

/** What a service does besides, in the same transaction. */
export interface BlockHooks<DB> {
  /**
   * Runs after the block was stored, while both people are locked. `isLatest` is false for a block that arrives after it
   * was lifted.
   */
  onBlocked?: (trx: Transaction<DB>, event: EventOf<typeof UserBlocked>, isLatest: boolean) => Promise<void>
  /** The same for a block that was lifted; a later block may be known. */
  onUnblocked?: (trx: Transaction<DB>, event: EventOf<typeof UserUnblocked>, isLatest: boolean) => Promise<void>
}

/** Keep `blocks` as the people service publishes it. */
export function blockSubscribers<DB>(service: DatabaseService, { onBlocked, onUnblocked }: BlockHooks<DB> = {}) {
  const block = defineSubscriber<DB>()({
    durable: durableOf(service, UserBlocked),
    event: UserBlocked,
    async handle({ event, trx }) {
      await lockUsersExclusively(trx, [event.data.blocker_id, event.data.blocked_id])
      const isLatest = await upsertBlock(trx, { ...event.data, active: true })
      await onBlocked?.(trx, event, isLatest)
    }
  })
  const unblock = defineSubscriber<DB>()({
    durable: durableOf(service, UserUnblocked),
    event: UserUnblocked,
    async handle({ event, trx }) {
      await lockUsersExclusively(trx, [event.data.blocker_id, event.data.blocked_id])
      const isLatest = await upsertBlock(trx, { ...event.data, active: false })
      await onUnblocked?.(trx, event, isLatest)
    }
  })
  return [block, unblock]
}
