import type { Positions } from '@belay/kit'

/** Returns the cursor after a full page; undefined after one that is not full, since it is the last. */
export function nextCursor<Item extends { id: string }>(
  page: readonly Item[],
  limit: number,
  positions: Positions,
  keyOf: (item: Item) => string | null
): string | undefined {
  const last = page.length === limit ? page.at(-1) : undefined
  return last && positions.encode({ key: keyOf(last), id: last.id })
}
