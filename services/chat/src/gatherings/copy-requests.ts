import type { ListRequests, QuestionOutput } from '@belay/contracts'
import type { Store } from '@belay/events'
import type { ChatDatabase } from '#src/schema.ts'
import { keepRequest } from './keep.ts'
import { findRequestsToCopy, moveRequestsToCopy } from './requests.repository.ts'

const pageSize = 25

type Page = QuestionOutput<typeof ListRequests>
export type ReadRequests = (page: { after: string | null; limit: number }) => Promise<Page>

/** Copies requests from before chat kept them, a page at a time. Returns true when there are none left. */
export async function copyRequests(store: Store<ChatDatabase>, read: ReadRequests): Promise<boolean> {
  const place = await findRequestsToCopy(store.db)
  if (place === undefined) return true
  const { requests } = await read({ after: place.after_id, limit: pageSize })
  for (const request of requests) await store.transaction((trx) => keepRequest(trx, request, request.status))
  const last = requests.length < pageSize ? undefined : requests.at(-1)
  await store.transaction((trx) => moveRequestsToCopy(trx, last?.request_id ?? null))
  return last === undefined
}
