import { type Kysely, sql } from 'kysely'

/**
 * System messages name people by reference: `{name}` in the body of a message that has a `subject_user_id` is replaced
 * by that person's name when it is read. Messages from before get the reference where the name belongs to one person of
 * the thread, or to one person at all; where it does not, the name goes.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table messages add column subject_user_id uuid check (subject_user_id is null or kind = 'system')`.execute(
    db
  )
  await sql`
    with named as (
      select thread_id, seq, substring(body from '^(.*) has (?:joined the event!|left the event[.])$') as name,
             substring(body from '( has (?:joined the event!|left the event\.))$') as rest
      from messages
      where kind = 'system' and body ~ ' has (joined the event!|left the event[.])$' and body not like 'The event has moved: %'
    ), in_thread as (
      select n.thread_id, n.seq, (array_agg(u.id))[1] as id
      from named n
      join members m on m.thread_id = n.thread_id
      join users u on u.id = m.user_id and u.display_name = n.name
      group by n.thread_id, n.seq having count(*) = 1
    ), at_all as (
      select display_name, (array_agg(id))[1] as id from users
      where not deleted and display_name in (select name from named)
      group by display_name having count(*) = 1
    )
    update messages message
    set subject_user_id = coalesce(t.id, a.id),
        body = case when coalesce(t.id, a.id) is null then 'A guest' else '{name}' end || n.rest
    from named n
    left join in_thread t on t.thread_id = n.thread_id and t.seq = n.seq
    left join at_all a on a.display_name = n.name
    where message.thread_id = n.thread_id and message.seq = n.seq`.execute(db)
  // As text: the outbox is JSON as it was written, and only these bodies change in it.
  await sql`
    update outbox set envelope = regexp_replace(
      envelope::text,
      '"body":"(?:[^"\\\\]|\\\\.)*( has (?:joined the event!|left the event[.]))"',
      '"body":"A guest\\1"')::json
    where envelope::text like '%"kind":"system"%'
      and envelope::text ~ ' has (joined the event!|left the event[.])"'
      and envelope::text not like '%"body":"The event has moved: %'`.execute(db)
}
