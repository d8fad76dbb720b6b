import type { EventEnvelope } from '@belay/contracts'

/** What became of a batch; `error` is the first failure, absent when everything is in the stream. */
export interface PublishOutcome<Item> {
  done: Item[]
  failed: boolean
  error?: unknown
}

/**
 * Publishes a batch pipelined: all are sent in order before the first answer is awaited. With `probe`, the first goes
 * alone and the rest only if it arrived, so that a stream that is away costs one attempt and the order is kept.
 */
export async function publishInOrder<Item extends { envelope: EventEnvelope }>(
  items: readonly Item[],
  publish: (envelope: EventEnvelope) => Promise<void>,
  options: { probe: boolean }
): Promise<PublishOutcome<Item>> {
  const head = options.probe ? items.slice(0, 1) : items
  const first = await pipeline(head, publish)
  if (first.failed || head.length === items.length) return first
  const rest = await pipeline(items.slice(1), publish)
  return { ...rest, done: [...first.done, ...rest.done] }
}

async function pipeline<Item extends { envelope: EventEnvelope }>(
  items: readonly Item[],
  publish: (envelope: EventEnvelope) => Promise<void>
): Promise<PublishOutcome<Item>> {
  const answers = await Promise.allSettled(items.map(async (item) => publish(item.envelope)))
  const done = items.filter((_, index) => answers[index]?.status === 'fulfilled')
  const refusal = answers.find((answer) => answer.status === 'rejected')
  return refusal === undefined ? { done, failed: false } : { done, failed: true, error: refusal.reason }
}
