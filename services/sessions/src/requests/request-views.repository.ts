import { type Kysely, sql } from 'kysely'
import type { SessionsDatabase } from '#src/schema.ts'

/** A request with the names of both people, the gathering's title and group and, if it was ever accepted, its booking. */
export type RequestView = NonNullable<Awaited<ReturnType<typeof findRequestView>>>

export async function findRequestView(db: Kysely<SessionsDatabase>, requestId: string) {
  return selectViews(db).where('request.id', '=', requestId).executeTakeFirst()
}

/**
 * Returns a page of a person's requests, as guest and as host, the newest first. `before` is the id of the last request of
 * the page before.
 */
export async function listRequestViewsOf(
  db: Kysely<SessionsDatabase>,
  personId: string,
  page: { limit: number; before?: string | undefined }
): Promise<RequestView[]> {
  return selectViews(db)
    .where('request.id', 'in', newestIds(db, personId, page))
    .orderBy('request.id', 'desc')
    .limit(page.limit)
    .execute()
}

/** Each side by its own index, so that neither reads more than a page. */
function newestIds(
  db: Kysely<SessionsDatabase>,
  personId: string,
  page: { limit: number; before?: string | undefined }
) {
  const { before } = page
  const side = (column: 'guest_id' | 'host_id') =>
    db
      .selectFrom('requests')
      .select('id')
      .where(column, '=', personId)
      .$if(before !== undefined, (query) => query.where('id', '<', before ?? ''))
      .orderBy('id', 'desc')
      .limit(page.limit)
  return sql<string>`((${side('guest_id')}) union all (${side('host_id')}))`
}

function selectViews(db: Kysely<SessionsDatabase>) {
  return db
    .selectFrom('requests as request')
    .innerJoin('events as gathering', 'gathering.id', 'request.event_id')
    .innerJoin('users as guest', 'guest.id', 'request.guest_id')
    .innerJoin('users as host', 'host.id', 'request.host_id')
    .leftJoin('bookings as booking', 'booking.request_id', 'request.id')
    .selectAll('request')
    .select([
      'gathering.thread_id',
      'gathering.title as event_title',
      'guest.display_name as guest_name',
      'host.display_name as host_name',
      'booking.id as booking_id'
    ])
}
