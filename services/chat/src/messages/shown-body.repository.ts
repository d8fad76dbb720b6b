import { type RawBuilder, sql } from 'kysely'
import { placeholder } from './system-text.ts'

/**
 * Returns the body of a row of `messages` as people read it: with the current name of the person it is about, or `Deleted
 * user` once they are erased.
 */
export function shownBody(alias: string): RawBuilder<string> {
  const subjectId = sql.ref(`${alias}.subject_user_id`)
  const body = sql.ref(`${alias}.body`)
  return sql<string>`case when ${subjectId} is null then ${body} else replace(${body}, ${placeholder}::text,
    coalesce((select subject.display_name from users subject where subject.id = ${subjectId}), 'Somebody')) end`
}
