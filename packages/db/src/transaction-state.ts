/** How to send a statement. */
type Sending = 'as it is' | 'not at all' | 'with BEGIN' | 'after BEGIN'

/**
 * Where a connection is with its transaction: BEGIN travels with the first statement instead of taking a round trip of
 * its own, and a transaction that was committed along with its last statement is not committed again.
 */
export class TransactionState {
  #state: 'none' | 'wanted' | 'open' = 'none'

  /** Returns how to send the driver's next statement. */
  next(text: string): Sending {
    switch (text) {
      case 'begin':
        this.#state = 'wanted'
        return 'not at all'
      case 'commit':
      case 'rollback':
        return this.#end()
      default:
        return this.#within(text)
    }
  }

  #end(): Sending {
    const sending = this.#state === 'open' ? 'as it is' : 'not at all'
    this.#state = 'none'
    return sending
  }

  #within(text: string): Sending {
    if (startsTransaction.test(text)) this.#state = 'open'
    if (this.#state !== 'wanted') return 'as it is'
    this.#state = 'open'
    // Should BEGIN fail, what was sent along with it stands alone: no harm in a query, half a change in anything else.
    return isQuery.test(text) ? 'with BEGIN' : 'after BEGIN'
  }
}

/** What Kysely sends instead of a plain BEGIN for a transaction with settings. */
const startsTransaction = /^start transaction\b/i
const isQuery = /^\s*(\/\* prepared \*\/\s*)?select\b/i
