import type { SessionMessage } from '@belay/contracts'
import type { Chat } from '#src/context.ts'
import { SessionNotFound } from '#src/errors.ts'
import { findSessionThread } from '#src/threads/session-thread.ts'
import { toMessage } from './message.ts'
import { listMessages, type MessageRange } from './messages.repository.ts'
import { toSessionMessage } from './session-message.ts'

/** A stretch of a session's chat, with the URLs of the older and the newer one. */
export async function listSessionMessages(
  chat: Chat,
  request: { sessionId: string; readerId: string; range: MessageRange; url: URL }
) {
  const thread = await findSessionThread(chat, request.sessionId, request.readerId)
  if (!thread?.is_member) throw new SessionNotFound()
  const range = within(request.range, thread.last_seq)
  const messages = await listMessages(chat.store.db, thread.id, { ...range, readerId: request.readerId })
  const results: SessionMessage[] = messages.map((message) => toSessionMessage(toMessage(message)))
  const first = results[0]?.seq
  const last = results.at(-1)?.seq
  return {
    count: thread.last_seq,
    next: last !== undefined && last < thread.last_seq ? pageUrl(request, { after: last }) : null,
    previous: first !== undefined && first > 1 ? pageUrl(request, { before: first }) : null,
    results
  }
}

/** The same stretch with bounds that the thread has: any number may be asked for, a column holds fewer. */
function within({ after, before, limit }: MessageRange, lastSeq: number): MessageRange {
  return {
    limit,
    after: after === undefined ? undefined : Math.min(after, lastSeq),
    before: before === undefined ? undefined : Math.min(before, lastSeq + 1)
  }
}

function pageUrl(request: { url: URL; range: MessageRange }, bound: { after: number } | { before: number }): string {
  const url = new URL(request.url)
  url.search = new URLSearchParams({ limit: String(request.range.limit) }).toString()
  for (const [name, seq] of Object.entries(bound)) url.searchParams.set(name, String(seq))
  return url.href
}
