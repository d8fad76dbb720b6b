import type { EventEnvelope } from '@belay/contracts'

type Publish = (envelope: EventEnvelope) => Promise<void>

/** What became of a batch. */
export interface PublishOutcome<Item> {
  /** What is in the stream. */
  done: Item[]
  /** What the stream refused although it took others: something is wrong with the event itself. */
  refused: Item[]
  /** Whether the stream failed; `error` is its first failure. */
  failed: boolean
  error?: unknown
}

interface Carrier {
  envelope: EventEnvelope
}

/** Publishes a batch pipelined: all are sent, in order, before the first answer is awaited. */
export async function publishPipelined<Item extends Carrier>(
  items: readonly Item[],
  publish: Publish
): Promise<PublishOutcome<Item>> {
  const answers = await Promise.allSettled(items.map(async (item) => publish(item.envelope)))
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
export async function publishProbing<Item extends Carrier>(
  items: readonly Item[],
  publish: Publish,
  options: { suspectFirst: boolean }
): Promise<PublishOutcome<Item>> {
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

function joined<Item>(before: PublishOutcome<Item>, after: PublishOutcome<Item>): PublishOutcome<Item> {
  return { ...after, done: [...before.done, ...after.done], refused: [...before.refused, ...after.refused] }
}
