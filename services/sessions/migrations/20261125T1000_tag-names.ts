import { type Kysely, sql } from 'kysely'

/**
 * Who made a tag may delete it; of the older ones nobody knows who did. Every ending of a tag's name stands in an index
 * of its own, so that a tag is found by any part of its name: each part is the beginning of an ending. Names have up to
 * 50 characters.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table tags add column created_by uuid references users (id)`.execute(db)
  await sql`create index tags_by_creator on tags (created_by)`.execute(db)
  await sql`
    create table tag_name_endings (
      ending text collate "C" not null,
      tag_id uuid not null references tags (id) on delete cascade,
      primary key (ending, tag_id)
    )`.execute(db)
  await sql`create index tag_name_endings_by_tag on tag_name_endings (tag_id)`.execute(db)
  await sql`
    insert into tag_name_endings (ending, tag_id)
    select distinct substr(lower(name), position), id
    from tags, generate_series(1, length(lower(name))) as position`.execute(db)
}
