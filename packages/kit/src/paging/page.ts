import { appError } from '../errors/app-error.ts'

/** A page past the last one; the message is Django REST Framework's. */
export const PageNotFound = appError('PAGE_NOT_FOUND', 'Invalid page.', 404)

/** Pages count from 1. */
export interface PageRequest {
  page: number
  page_size: number
}

/** One page of a list, and its place in it. */
export interface Page<T> {
  count: number
  items: T[]
  hasNext: boolean
  page: number
}

/**
 * Reads one page. The first one exists even when it is empty.
 * @throws PageNotFound past the last one
 */
export async function readPage<T>(
  request: PageRequest,
  source: { count(): Promise<number>; list(range: { offset: number; limit: number }): Promise<T[]> }
): Promise<Page<T>> {
  const { page, page_size: limit } = request
  const offset = (page - 1) * limit
  const count = await source.count()
  if (page > 1 && offset >= count) throw new PageNotFound()
  const items = count === 0 ? [] : await source.list({ offset, limit })
  return { count, items, page, hasNext: offset + limit < count }
}

/** Returns a page in Django REST Framework's format; links to its neighbours keep the filters of the requested `url`. */
export function presentPage<T, Shown>(page: Page<T>, url: URL, present: (item: T) => Shown) {
  return {
    count: page.count,
    next: page.hasNext ? linkTo(url, page.page + 1) : null,
    previous: page.page > 1 ? linkTo(url, page.page - 1) : null,
    results: page.items.map(present)
  }
}

function linkTo(url: URL, page: number): string {
  const link = new URL(url)
  // As in Django REST Framework, the first page is the one without a number.
  if (page === 1) link.searchParams.delete('page')
  else link.searchParams.set('page', String(page))
  return link.href
}
