import { type Kysely, sql } from 'kysely'

/**
 * Lets one statement append a whole batch of messages. It writes only to threads that it has locked, and threads are never
 * deleted: the foreign key would only look the same row up once more for each message.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table messages drop constraint messages_thread_id_fkey`.execute(db)
  // Rows are updated with every message: free space on the page keeps the new version there.
  await sql`alter table threads set (fillfactor = 80)`.execute(db)
  await sql`
    create function require_unchanged(unchanged boolean) returns boolean language plpgsql as $$
    begin
      if not unchanged then
        raise exception 'a membership or a limit has changed meanwhile' using errcode = 'BL001';
      end if;
      return true;
    end $$`.execute(db)
}
