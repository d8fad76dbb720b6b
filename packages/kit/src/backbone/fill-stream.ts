import { setTimeout as wait } from 'node:timers/promises'
import type { Bus } from '@belay/bus'
import type { OutboxRelay } from '@belay/events'
import type { Logger } from 'pino'

const retryMs = 1_000

/** Refills the stream from the outbox whenever it has lost events, with retries. Returns a function that stops it. */
export function fillDamagedStream(bus: Bus, relay: Pick<OutboxRelay, 'refill'>, log: Logger): () => void {
  const stopping = new AbortController()
  const { signal } = stopping
  let wanted = false
  let running = false

  async function fill(): Promise<void> {
    running = true
    while (wanted && !signal.aborted) {
      try {
        wanted = false
        const published = await relay.refill()
        if (published !== undefined && published > 0) log.warn({ published }, 'filled the stream again from the outbox')
      } catch (error) {
        wanted = true
        log.debug({ err: error }, 'the stream cannot be filled now, trying again')
        await wait(retryMs, undefined, { signal }).catch(() => undefined)
      }
    }
    running = false
  }

  bus.onStreamDamage(() => {
    wanted = true
    if (!running) void fill()
  })
  return () => stopping.abort()
}
