import { sql, type Transaction } from 'kysely'

/** What was recorded, or parked, about one thing. */
export interface RecordedAbout {
  /** The events' `subject`. */
  subject: string
  /** The events' `type`s. */
  types: readonly string[]
}

/**
 * Overwrites fields of the `data` of events in the outbox, so that no replay brings back what they held. The table needs
 * an index on `(envelope->>'subject')`.
 */
export async function redactRecorded<DB>(
  trx: Transaction<DB>,
  about: RecordedAbout,
  fields: Readonly<Record<string, unknown>>
): Promise<void> {
  await sql`
    update outbox set envelope = jsonb_set(
      envelope::jsonb, '{data}', (envelope::jsonb->'data') || ${JSON.stringify(fields)}::jsonb)::json
    where envelope->>'subject' = ${about.subject}
      and envelope->>'type' = any(${[...about.types]}::text[])`.execute(trx)
}

/** Deletes parked events, which hold whole envelopes until they are tried again. */
export async function deleteParkedAbout<DB>(trx: Transaction<DB>, about: RecordedAbout): Promise<void> {
  await sql`
    delete from parked_events
    where json_typeof(payload) = 'object' and payload->>'subject' = ${about.subject}
      and payload->>'type' = any(${[...about.types]}::text[])`.execute(trx)
}
