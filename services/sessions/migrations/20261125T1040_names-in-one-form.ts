import { type Kysely, sql } from 'kysely'

/**
 * Tags and kinds of activity are the same in any normal form (NFC, NFD), not only in any case. Tags that turn out to
 * have one name become the oldest of them.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    with twins as (
      select id, kept from (
        select id, first_value(id) over (partition by lower(normalize(name)) order by created_at, id) as kept from tags
      ) as tag
      where id <> kept
    ), moved as (
      insert into event_tags (event_id, tag_id)
      select event_id, kept from event_tags join twins on tag_id = id
      on conflict do nothing
    ), taken_off as (
      delete from event_tags where tag_id in (select id from twins)
    )
    delete from tags where id in (select id from twins)`.execute(db)
  await sql`drop index tags_by_name`.execute(db)
  await sql`create unique index tags_by_name on tags (lower(normalize(name)))`.execute(db)
  await sql`delete from tag_name_endings`.execute(db)
  await sql`
    insert into tag_name_endings (ending, tag_id)
    select distinct substr(name, position), id
    from (select id, lower(normalize(name)) as name from tags) as tag, generate_series(1, length(name)) as position
  `.execute(db)
  await sql`drop index events_by_activity`.execute(db)
  await sql`
    create index events_by_activity on events (lower(normalize(activity_type)), starts_at, id)
    where status = 'scheduled'`.execute(db)
}
