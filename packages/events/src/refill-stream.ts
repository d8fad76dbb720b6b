import { lockRefill } from './outbox.repository.ts'
import { type ReplayedPage, replayOutbox, type ReplaySource } from './replay-outbox.ts'

/**
 * Publishes every event of the outbox again, in order and under the same ids. One replica at a time; resolves to how
 * many, or undefined when another replica is at it.
 */
export async function refillStream<DB>({ db, ...source }: ReplaySource<DB>): Promise<number | undefined> {
  return db.transaction().execute(async (trx) => {
    if (!(await lockRefill(trx))) return undefined
    let published = 0
    let until: number | undefined
    for (let after: number | null = 0; after !== null;) {
      const page: ReplayedPage = await replayOutbox({ ...source, db: trx }, { after, until })
      published += page.published
      until = page.until
      after = page.next
    }
    return published
  })
}
