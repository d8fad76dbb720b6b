import type { OutboxItem } from './outbox-row.ts'

/** Puts a fact into the stream; resolves once it is stored there. */
export type Publish = (item: OutboxItem) => Promise<void>

/** What became of a batch. */
export interface PublishOutcome {
  /** What is in the stream. */
  done: OutboxItem[]
  /** What the stream refused although it took others: something is wrong with the event itself. */
  refused: OutboxItem[]
  /** Whether the stream failed; `error` is its first failure. */
  failed: boolean
  error?: unknown
}

/** Publishes a batch pipelined: all are sent, in order, before the first answer is awaited. */
export async function publishPipelined(items: readonly OutboxItem[], publish: Publish): Promise<PublishOutcome> {
  const answers = await Promise.allSettled(items.map(async (item) => publish(item)))
  const done = items.filter((_, index) => answers[index]?.status === 'fulfilled')
  const failure = answers.find((answer) => answer.status === 'rejected')
  if (failure === undefined) return { done, refused: [], failed: false }
  return { done, refused: [], failed: true, error: failure.reason }
}

/**
 * Publishes a batch whose first goes alone, and the rest only if it arrived: a stream that is away costs one attempt,
 * and nothing overtakes it. With `suspectFirst` (it has failed again and again) the second is tried instead: if
 * that arrives, the first has one more chance and is then passed over, so that it does not block the rest.
 */
export async function publishProbing(
  items: readonly OutboxItem[],
  publish: Publish,
  options: { suspectFirst: boolean }
): Promise<PublishOutcome> {
  const first = await publishPipelined(items.slice(0, 1), publish)
  if (!first.failed) return joined(first, await publishPipelined(items.slice(1), publish))
  if (!options.suspectFirst || items.length < 2) return first
  const second = await publishPipelined(items.slice(1, 2), publish)
  if (second.failed) return first
  const again = await publishPipelined(items.slice(0, 1), publish)
  const refused = again.failed ? items.slice(0, 1) : []
  const rest = joined({ ...second, refused }, await publishPipelined(items.slice(2), publish))
  return { ...rest, done: [...again.done, ...rest.done] }
}

function joined(before: PublishOutcome, after: PublishOutcome): PublishOutcome {
  return { ...after, done: [...before.done, ...after.done], refused: [...before.refused, ...after.refused] }
}
