import type { Message } from '@belay/contracts'

/** How long a conversation has to become to be counted again. */
export const lengths = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000]

/** What this replica counts of messages, from its start. */
export class SendCounts {
  /** Sends by outcome: `stored`, `repeated`, `failed`, or the reason for refusing them. */
  readonly outcomes = new Map<string, number>()
  /** Conversations that reached a length. */
  readonly reached = new Map<number, number>()

  /** Counts a send that was decided. */
  decided(outcome: { ok: true; repeated: boolean } | { ok: false; reason: string } | { replayed: unknown }): void {
    if ('replayed' in outcome) add(this.outcomes, 'repeated')
    else if (!outcome.ok) add(this.outcomes, outcome.reason)
    else add(this.outcomes, outcome.repeated ? 'repeated' : 'stored')
  }

  /** Counts sends that ended with an error. */
  failed(times = 1): void {
    add(this.outcomes, 'failed', times)
  }

  /** Counts the conversations of two people that become long with these messages, which are stored. */
  stored(messages: readonly Message[]): void {
    for (const { seq, message_type } of messages) {
      if (message_type !== undefined && lengths.includes(seq)) add(this.reached, seq)
    }
  }
}

function add<Key>(counts: Map<Key, number>, key: Key, times = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + times)
}
