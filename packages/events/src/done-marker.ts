import type { Kysely } from 'kysely'
import { deletePending } from './outbox.repository.ts'

/** Remembers what is in the stream and tells the database so, many events at a time. */
export interface DoneMarker {
  add(positions: readonly number[]): void
  /** Resolves once everything added before is marked; rejects when the database is away (nothing is forgotten). */
  flush(): Promise<void>
  stop(): Promise<void>
}

/** Marks every `everyMs` while there is something to mark: one statement for all that was published meanwhile. */
export function createDoneMarker<DB>(options: { db: Kysely<DB>; everyMs: number }): DoneMarker {
  let positions: number[] = []
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()

  function schedule() {
    if (positions.length > 0) timer ??= setTimeout(() => void flush().catch(() => {}), options.everyMs)
  }
  async function markAll() {
    clearTimeout(timer)
    timer = undefined
    const batch = positions
    if (batch.length === 0) return
    positions = []
    try {
      await deletePending(options.db, batch)
    } catch (error) {
      positions = [...batch, ...positions]
      throw error
    } finally {
      schedule()
    }
  }
  function flush(): Promise<void> {
    const next = running.then(markAll)
    running = next.catch(() => {})
    return next
  }
  return {
    add(more) {
      positions.push(...more)
      schedule()
    },
    flush,
    async stop() {
      await flush().catch(() => {})
      clearTimeout(timer)
      positions = []
    }
  }
}
