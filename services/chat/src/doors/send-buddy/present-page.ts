import { presentSessionMessage } from '@belay/contracts'
import type { MessageList } from '#src/messages/list-messages.ts'

/** A page of a session's messages, with the URLs of the newer (`next`) and the older one; `url` is that of the request. */
export function presentPage({ messages, lastSeq }: MessageList, url: URL, limit: number) {
  const first = messages[0]?.seq
  const last = messages.at(-1)?.seq
  return {
    count: lastSeq,
    next: last !== undefined && last < lastSeq ? pageUrl(url, { limit, after: last }) : null,
    previous: first !== undefined && first > 1 ? pageUrl(url, { limit, before: first }) : null,
    results: messages.map(presentSessionMessage)
  }
}

function pageUrl(requested: URL, query: Record<string, number>): string {
  const url = new URL(requested)
  url.search = ''
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value))
  return url.href
}
