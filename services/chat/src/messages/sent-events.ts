import { type EventOf, MessageSent } from '@belay/contracts'
import { envelopeOf, type EventReferences, type NewEvent, recordEvents } from '@belay/events'
import type { Transaction } from 'kysely'
import type { ChatDatabase } from '#src/schema.ts'
import type { LockedThread, NewMessage } from './append.repository.ts'
import { listSent, type SentRef } from './sent-events.repository.ts'
import { neutralName, withName } from './system-text.ts'

/** What an event says of a message. */
export type SentMessage = Pick<
  NewMessage,
  'id' | 'thread_id' | 'seq' | 'kind' | 'sender_id' | 'body' | 'subject_user_id' | 'created_at' | 'message_type'
>

/** Most members that an event lists; those of larger threads are left out. */
const membersMax = 50

/** Records `message.sent` for messages just inserted into threads that the caller holds locked. */
export async function recordSent(
  trx: Transaction<ChatDatabase>,
  messages: readonly SentMessage[],
  threads: ReadonlyMap<string, Pick<LockedThread, 'context' | 'context_id'>>,
  memberIds: ReadonlyMap<string, readonly string[]>
): Promise<void> {
  await recordEvents(
    trx,
    MessageSent,
    messages.flatMap((message) => {
      const thread = threads.get(message.thread_id)
      return thread === undefined ? [] : sentEvent(message, thread, memberIds.get(message.thread_id) ?? [])
    })
  )
}

/** The outbox holds no bodies of messages: they are in the log. */
export const messageReferences: EventReferences<ChatDatabase, typeof MessageSent, SentRef> = {
  event: MessageSent,
  refOf: ({ data }) => [data.thread_id, data.seq],
  async restore(db, refs) {
    const envelopes = new Map<number, EventOf<typeof MessageSent>>()
    for (const row of await listSent(db, refs)) envelopes.set(row.ord, sentEnvelope(row, row, row.member_ids))
    return refs.map((_, index) => envelopes.get(index + 1))
  }
}

/** Returns the event of a message, whose id and time are those of the message. `memberIds` may stop at one more than it lists. */
export function sentEnvelope(
  message: SentMessage,
  thread: Pick<LockedThread, 'context' | 'context_id'>,
  memberIds: readonly string[]
): EventOf<typeof MessageSent> {
  return envelopeOf(MessageSent, sentEvent(message, thread, memberIds))
}

function sentEvent(
  message: SentMessage,
  { context, context_id }: Pick<LockedThread, 'context' | 'context_id'>,
  memberIds: readonly string[]
): Required<NewEvent<typeof MessageSent>> {
  const { id, thread_id, seq, kind, sender_id } = message
  const time = message.created_at.toISOString()
  return {
    id,
    time,
    subject: thread_id,
    data: {
      message_id: id,
      thread_id,
      context,
      context_id,
      seq,
      kind,
      sender_id,
      ...bodyOf(message),
      ...(message.message_type && { message_type: message.message_type }),
      created_at: time,
      member_ids: memberIds.length > membersMax ? [] : [...memberIds]
    }
  }
}

/** The body for events, which outlive the account of the person it is about: without their name. */
function bodyOf({ body, subject_user_id }: SentMessage): { body: string; subject_user_id?: string } {
  if (subject_user_id === undefined || subject_user_id === null) return { body }
  return { body: withName(body, neutralName), subject_user_id }
}
