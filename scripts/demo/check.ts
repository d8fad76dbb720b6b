/** A JSON object whose fields are read through the checks below. */
export type Checked = Readonly<Record<string, unknown>>

/** What the demo found not to be as promised. */
export class DemoFailed extends Error {
  override name = 'DemoFailed'
}

/** Reads answers without trusting them. */
export const check = {
  that(condition: boolean, otherwise: string): void {
    if (!condition) throw new DemoFailed(otherwise)
  },
  object(value: unknown): Checked {
    if (typeof value !== 'object' || value === null) throw new DemoFailed(`not an object: ${JSON.stringify(value)}`)
    return Object.fromEntries(Object.entries(value))
  },
  text(object: Checked, field: string): string {
    const value = object[field]
    if (typeof value !== 'string') throw new DemoFailed(`no text in ${field}: ${JSON.stringify(object)}`)
    return value
  },
  /** The entries of an answer that is a bare list. */
  items(answer: Checked): Checked[] {
    return Object.values(answer).map(check.object)
  },
  list(object: Checked, field: string): Checked[] {
    const value = object[field]
    if (!Array.isArray(value)) throw new DemoFailed(`no list in ${field}: ${JSON.stringify(object)}`)
    return value.map(check.object)
  }
}
