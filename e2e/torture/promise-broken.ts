/** A promise of the product that did not hold, with what shows it. */
export class PromiseBroken extends Error {
  override name = 'PromiseBroken'

  constructor(promise: string, evidence: unknown) {
    super(`${promise}\n${JSON.stringify(evidence, null, 2)}`)
  }
}
