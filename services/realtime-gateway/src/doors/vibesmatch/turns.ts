/** Does what a client emits one after the other. */
export class Turns {
  /** Things that wait or are being done. */
  waiting = 0
  /** The last message that is sent with others, and still on its way when its turn is over; later ones may not overtake it. */
  lastBatched: Promise<unknown> | undefined
  #last: Promise<unknown> | undefined

  /** Resolves or rejects as `act` does, which begins once everything before it is done. */
  async take<Result>(act: () => Promise<Result>): Promise<Result> {
    const before = this.#last
    const turn = before === undefined ? act() : before.then(act, act)
    this.waiting += 1
    this.#last = turn
    try {
      return await turn
    } finally {
      this.waiting -= 1
      if (this.#last === turn) this.#last = undefined
    }
  }
}
