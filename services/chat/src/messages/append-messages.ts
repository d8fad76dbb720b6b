import { type AppendMessages, type EventOf, type LogStamp, MessageSent, type QuestionOutput } from '@belay/contracts'
import type { EventStore } from '@belay/events'
import { describeLimit, type Runtime } from '@belay/kit'
import type { Kysely, Transaction } from 'kysely'
import type { ChatDatabase } from '#src/schema.ts'
import {
  type AppendFacts,
  type AppendInput,
  insertMessages,
  lockAndRead,
  type LockedThread
} from './append.repository.ts'
import { type Appended, appendAtOnce, type MessageToAppend } from './append-at-once.repository.ts'
import { Budgets, limitsOn, type MessageLimits, rulesOf } from './budgets.ts'
import { type KeyedSend, KeyedSends, type Replayed } from './keyed-sends.ts'
import { directPartsOf, type MessageRecord, toMessage } from './message.ts'
import { recordSent, sentEnvelope } from './sent-events.ts'

/** The outcome of one input. */
export type AppendOutcome = QuestionOutput<typeof AppendMessages>['outcomes'][number]

/** A message to append; `keyed` when its call has an `Idempotency-Key`. */
export interface LogInput extends AppendInput {
  keyed?: KeyedSend | undefined
}

/** What appending needs besides the inputs. */
export interface AppendContext {
  /** Outside of any command: one statement serves many callers. */
  db: Kysely<ChatDatabase>
  store: Pick<EventStore<ChatDatabase>, 'handOver' | 'transaction'>
  runtime: Runtime
  limits: MessageLimits
}

/** The state of one batch, under the locks of its transaction. */
interface Batch {
  now: Date
  newId: () => string
  limits: MessageLimits
  threads: Map<string, LockedThread>
  budgets: Budgets
  /** Messages of this batch that have a `client_msg_id`, to find repeats within it. */
  firsts: Map<string, MessageRecord>
  keyed: KeyedSends
  written: MessageRecord[]
}

/**
 * Appends many messages. Resolves to the outcomes in the order of the inputs; a refused input does not affect the others.
 * Each thread's `seq` is assigned under the thread's lock, so it has no gaps.
 *
 * Most messages are in order: one statement writes them all. What is left, because there is something to decide about it
 * (a refusal, a repeat, a key), is looked at under the locks of a transaction.
 */
export async function appendMessages(
  context: AppendContext,
  inputs: readonly LogInput[]
): Promise<(AppendOutcome | Replayed)[]> {
  const appended = await appendInOrder(context, inputs)
  const left = inputs.filter((_, index) => appended[index] === undefined)
  if (left.length === 0) return appended.filter((outcome) => outcome !== undefined)
  const decided = await context.store.transaction((trx) => appendAll(trx, context, left), { isShared: true })
  const rest = decided.values()
  return appended.map((outcome) => outcome ?? rest.next().value ?? missing())
}

/** Returns the outcomes of the inputs that could be appended at once; undefined in the place of each other one. */
async function appendInOrder(
  { db, limits, runtime, store }: AppendContext,
  inputs: readonly LogInput[]
): Promise<(AppendOutcome | undefined)[]> {
  const outcomes = inputs.map((): AppendOutcome | undefined => undefined)
  const now = runtime.clock.now()
  const messages = inputs.flatMap((input, index) =>
    input.keyed === undefined ? [{ index, input, id: runtime.newId() }] : []
  )
  if (messages.length === 0) return outcomes
  const batch = { id: runtime.newId(), type: MessageSent.type }
  const rows = (await appendAtOnce(db, messages, { now, rules: rulesOf(limits), batchId: batch.id })) ?? []
  const events: EventOf<typeof MessageSent>[] = []
  for (const row of rows) {
    const message = messages[row.ord - 1] ?? missing()
    const record = recordOf(message, row, now)
    events.push(sentEnvelope(record, row, row.member_ids))
    outcomes[message.index] = { ok: true, repeated: false, message: toMessage(record), stamp: stampOf(row) }
  }
  const [first] = rows
  if (first !== undefined) store.handOver([{ position: first.position, fact: { ...batch, events } }])
  return outcomes
}

function recordOf({ id, input }: MessageToAppend, row: Appended, now: Date): MessageRecord {
  return {
    id,
    thread_id: input.thread_id,
    seq: row.seq,
    kind: 'user',
    sender_id: input.sender_id,
    sender_name: row.sender_name,
    body: input.body,
    client_msg_id: input.client_msg_id,
    created_at: now,
    ...directPartsOf(row.context, input, row.member_ids)
  }
}

function missing(): never {
  throw new Error('a message had no outcome')
}

async function appendAll(
  trx: Transaction<ChatDatabase>,
  context: Omit<AppendContext, 'db' | 'store'>,
  inputs: readonly LogInput[]
): Promise<(AppendOutcome | Replayed)[]> {
  const [threads, facts] = await lockAndRead(trx, inputs)
  const batch = await openBatch(trx, context, inputs, threads)
  const outcomes = inputs.map((input, index) => decideOnce(batch, input, facts[index]))
  if (batch.written.length > 0) await writeBatch(trx, batch, facts)
  return outcomes
}

/** Appends one message in the caller's transaction, as `appendMessages` does. */
export async function appendWithin(
  trx: Transaction<ChatDatabase>,
  context: Omit<AppendContext, 'db' | 'store'>,
  input: AppendInput
): Promise<AppendOutcome> {
  const [outcome] = await appendAll(trx, context, [input])
  if (outcome === undefined || 'replayed' in outcome) throw new Error('a message had no outcome')
  return outcome
}

function decideOnce(batch: Batch, input: LogInput, facts: AppendFacts | undefined): AppendOutcome | Replayed {
  const replayed = batch.keyed.find(input.keyed)
  if (replayed !== undefined) return replayed
  const outcome = decide(batch, input, facts)
  batch.keyed.note(input.keyed, outcome)
  return outcome
}

async function openBatch(
  trx: Transaction<ChatDatabase>,
  context: Omit<AppendContext, 'db' | 'store'>,
  inputs: readonly LogInput[],
  threads: readonly LockedThread[]
): Promise<Batch> {
  const now = context.runtime.clock.now()
  const { limits } = context
  const byId = new Map(threads.map((thread) => [thread.id, thread]))
  const uses = inputs.map((input) => {
    const { context: of = '' } = byId.get(input.thread_id) ?? {}
    return { senderId: input.sender_id, limits: limitsOn(limits, of, input) }
  })
  return {
    now,
    newId: context.runtime.newId,
    limits,
    threads: byId,
    budgets: await Budgets.lock(trx, uses, now),
    firsts: new Map(),
    keyed: await KeyedSends.read(
      trx,
      inputs.map((input) => input.keyed)
    ),
    written: []
  }
}

function decide(batch: Batch, input: AppendInput, facts: AppendFacts | undefined): AppendOutcome {
  const thread = batch.threads.get(input.thread_id)
  if (thread === undefined) return refuse('thread_not_found', 'Thread not found')
  if (facts === undefined || !facts.is_member || facts.sender_name === null) {
    return refuse('not_a_member', 'You are not a participant in this thread')
  }
  if (facts.sender_disabled === true) return refuse('account_disabled', 'This account is disabled')
  const first = facts.first ?? earlierInBatch(batch, input)
  if (first) return { ok: true, repeated: true, message: toMessage(first), stamp: stampOf(thread) }
  if (thread.locked) return refuse('thread_locked', lockedDetail(thread))
  if (thread.only_sender_id !== null && thread.only_sender_id !== input.sender_id) {
    return refuse('host_only', 'Only the host can send messages until the request is accepted')
  }
  const usedUp = batch.budgets.take({
    senderId: input.sender_id,
    limits: limitsOn(batch.limits, thread.context, input)
  })
  if (usedUp !== undefined) {
    const refusal = refuse('rate_limited', `Rate limit exceeded: ${describeLimit(usedUp.limit)}`)
    return { ...refusal, retry_after_seconds: usedUp.retryAfterSeconds }
  }
  const message = toMessage(assignSeq(batch, thread, input, facts.sender_name, facts.member_ids))
  return { ok: true, repeated: false, message, stamp: stampOf(thread) }
}

function assignSeq(
  batch: Batch,
  thread: LockedThread,
  input: AppendInput,
  senderName: string,
  memberIds: readonly string[]
): MessageRecord {
  thread.last_seq += 1
  const message: MessageRecord = {
    id: batch.newId(),
    thread_id: thread.id,
    seq: thread.last_seq,
    kind: 'user',
    sender_id: input.sender_id,
    sender_name: senderName,
    body: input.body,
    client_msg_id: input.client_msg_id,
    created_at: batch.now,
    ...directPartsOf(thread.context, input, memberIds)
  }
  batch.written.push(message)
  if (input.client_msg_id !== null) batch.firsts.set(repeatKey(input, input.client_msg_id), message)
  return message
}

async function writeBatch(trx: Transaction<ChatDatabase>, batch: Batch, facts: readonly AppendFacts[]): Promise<void> {
  const memberIds = new Map(facts.map((one) => [one.thread_id, one.member_ids]))
  await insertMessages(trx, batch.written)
  await batch.keyed.keep(trx)
  await batch.budgets.keep(trx)
  await recordSent(trx, batch.written, batch.threads, memberIds)
}

/** The stamp of what is written to a locked thread now. */
export function stampOf({ epoch, members_version }: Pick<LockedThread, 'epoch' | 'members_version'>): LogStamp {
  return { epoch, members_version }
}

/** Returns the message of this batch that the input repeats; an input without a `client_msg_id` repeats none. */
function earlierInBatch(batch: Batch, input: AppendInput): MessageRecord | undefined {
  return input.client_msg_id === null ? undefined : batch.firsts.get(repeatKey(input, input.client_msg_id))
}

function repeatKey(input: AppendInput, clientMsgId: string): string {
  return JSON.stringify([input.thread_id, input.sender_id, clientMsgId])
}

function lockedDetail({ context, context_status: status }: LockedThread): string {
  if (context === 'session') return `Cannot send messages in a ${status} session`
  if (context !== 'direct') return 'Thread is locked'
  return status === 'blocked' ? 'This conversation is blocked' : 'This conversation is archived'
}

function refuse(reason: Extract<AppendOutcome, { ok: false }>['reason'], detail: string) {
  return { ok: false, reason, detail } as const
}
